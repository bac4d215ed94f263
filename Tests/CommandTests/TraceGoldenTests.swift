import Foundation
import Testing

/// `trace` answers as golden/trace says, word for word.
struct TraceGoldenTests {
  private static let cases: [TracedCase] = {
    let text = try? String(contentsOf: TracedCase.folder.appending(path: "cases"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { TracedCase(line: $0) }
  }()

  @Test func everyCaseIsThere() {
    #expect(Self.cases.count == 24)
  }

  @Test(arguments: cases)
  func textAndJSON(of traced: TracedCase) throws {
    let text = try Binary.run(["trace"] + traced.options + traced.connection)
    #expect(text.output == (try traced.golden("text")))
    let json = try Binary.run(["trace", "--format", "json"] + traced.options + traced.connection)
    #expect(json.output == (try traced.golden("json")))
    #expect(text.status == 0 && text.errors.isEmpty)
    #expect(
      text.output.split(separator: "\n").allSatisfy { $0.count <= 80 || !$0.dropFirst(9).contains(" ") })
  }

  /// The options that gave the dump are not told, and not needed.
  @Test func aPublishedDumpAnswersAsTheOptionsThatMadeIt() throws {
    let dump = GoldenCase.folder.appending(path: "documented-dump/published.iptables-save").path
    for traced in Self.cases.prefix(5) {
      let answer = try Binary.run(["trace", "--ruleset", dump] + traced.connection)
      #expect(answer.output == (try traced.golden("text")))
    }
  }
}

/// A line of golden/trace/cases.
struct TracedCase: CustomTestStringConvertible {
  let name: String
  let options: [String]
  /// The direction, and what describes the connection.
  let connection: [String]

  static let folder = GoldenCase.folder.appending(path: "trace")

  var testDescription: String { name }

  init?(line: Substring) {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
    let root = GoldenCase.folder.deletingLastPathComponent().path
    let words = String(parts[1]).shellWords.map { $0.hasPrefix("golden/") ? "\(root)/\($0)" : $0 }
    guard let place = words.firstIndex(where: { $0 == "outbound" || $0 == "inbound" }) else { return nil }
    name = String(parts[0])
    options = Array(words[..<place])
    connection = Array(words[place...])
  }

  func golden(_ ending: String) throws -> String {
    try String(contentsOf: Self.folder.appending(path: "\(name).\(ending)"), encoding: .utf8)
  }
}
