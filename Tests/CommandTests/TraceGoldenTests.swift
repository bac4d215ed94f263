import TestSupport
import Testing

/// `trace` answers as golden/trace says, word for word.
struct TraceGoldenTests {
  private static let cases = Repository.cases("golden/trace/cases").compactMap(TracedCase.init)

  @Test func everyCaseIsThere() {
    #expect(Self.cases.count == 26)
  }

  @Test(arguments: cases)
  func textAndJSON(of traced: TracedCase) throws {
    let text = try Tool.run(["trace"] + traced.options + traced.connection)
    #expect(text.output == (try traced.golden("text")))
    let json = try Tool.run(["trace", "--format", "json"] + traced.options + traced.connection)
    #expect(json.output == (try traced.golden("json")))
    #expect(text.status == 0 && text.errors.isEmpty)
    #expect(
      text.output.split(separator: "\n").allSatisfy {
        $0.count <= 80 || !$0.dropFirst(9).contains(" ") || $0.hasPrefix("rules: ")
      })
  }

  /// The options of the dump are not given, and not needed.
  @Test func aPublishedDumpAnswersAsTheOptionsThatMadeIt() throws {
    let dump = Repository.path("golden/documented-dump/published.iptables-save")
    for traced in Self.cases.prefix(5) {
      let answer = try Tool.run(["trace", "--ruleset", dump] + traced.connection)
      #expect(answer.output.withoutSource == (try traced.golden("text").withoutSource))
    }
  }
}

extension String {
  /// The answer without its first line, which names the rules that it follows.
  fileprivate var withoutSource: Substring { drop { $0 != "\n" } }
}

/// A line of golden/trace/cases.
struct TracedCase: CustomTestStringConvertible {
  let name: String
  let options: [String]
  /// The direction, and what describes the connection.
  let connection: [String]

  var testDescription: String { name }

  init?(_ name: String, _ line: String) {
    let words = line.shellWords.map { $0.hasPrefix("golden/") ? Repository.path($0) : $0 }
    guard let place = words.firstIndex(where: { $0 == "outbound" || $0 == "inbound" }) else { return nil }
    self.name = name
    options = Array(words[..<place])
    connection = Array(words[place...])
  }

  func golden(_ ending: String) throws -> String {
    try Repository.text("golden/trace/\(name).\(ending)")
  }
}
