import Foundation
import Intercept
import Testing

@testable import istio_iptables_swift

/// `trace` answers as golden/trace says, word for word.
struct TraceGoldenTests {
  private static let folder = GoldenCase.folder.appending(path: "trace")

  private static let cases: [TracedCase] = {
    let text = try? String(contentsOf: folder.appending(path: "cases"), encoding: .utf8)
    return (text ?? "").split(separator: "\n").compactMap { TracedCase(line: $0) }
  }()

  @Test func everyCaseIsThere() {
    #expect(Self.cases.count == 8)
  }

  @Test(arguments: cases)
  func textAndJSON(of traced: TracedCase) throws {
    var rules = try TraceRules(traced.command.settings(), ruleset: nil, isLive: false)
    let trace = try rules.trace(traced.flow.flow())
    for (format, ending) in [(TraceAnswer.Format.text, "text"), (.json, "json")] {
      let url = Self.folder.appending(path: "\(traced.name).\(ending)")
      let text = try TraceAnswer(format: format).text(trace)
      if ProcessInfo.processInfo.environment["UPDATE_TRACE_GOLDENS"] != nil {
        try text.write(to: url, atomically: true, encoding: .utf8)
      }
      #expect(try text == String(contentsOf: url, encoding: .utf8), "\(url.lastPathComponent)")
    }
    #expect(trace.text.split(separator: "\n").allSatisfy { $0.count <= 80 || !$0.dropFirst(9).contains(" ") })
  }

  @Test func aPublishedDumpAnswersAsTheOptionsThatMadeIt() throws {
    let dump = GoldenCase.folder.appending(path: "documented-dump/published.iptables-save").path
    let settings = try TypedCommand([]).settings()
    for traced in Self.cases.prefix(5) {
      var fromDump = try TraceRules(settings, ruleset: dump, isLive: false)
      var fromOptions = try TraceRules(traced.command.settings(), ruleset: nil, isLive: false)
      let flow = try traced.flow.flow()
      #expect(try fromDump.trace(flow).text == fromOptions.trace(flow).text)
    }
  }
}

/// A line of golden/trace/cases.
struct TracedCase: CustomTestStringConvertible {
  let name: String
  let command: TypedCommand
  let flow: FlowDescription

  var testDescription: String { name }

  init?(line: Substring) {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard !line.hasPrefix("#"), parts.count == 2 else { return nil }
    let words = String(parts[1]).shellWords
    guard let place = words.firstIndex(where: { $0 == "outbound" || $0 == "inbound" }) else { return nil }
    name = String(parts[0])
    command = TypedCommand(Array(words[..<place]))
    flow = FlowDescription(direction: words[place], words: Array(words[(place + 1)...]))
  }
}

extension FlowDescription {
  fileprivate init(direction: String, words: [String]) {
    func value(_ name: String) -> String? {
      words.firstIndex(of: name).flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }
    self.init(
      direction: direction, to: value("--to"), from: value("--from"), uid: value("--uid"),
      gid: value("--gid"),
      noOwner: words.contains("--no-owner"), interface: value("--interface"), udp: words.contains("--udp"))
  }
}
