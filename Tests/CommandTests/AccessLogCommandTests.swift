import Foundation
import TestSupport
import Testing

/// `access-log` on files and standard input.
struct AccessLogCommandTests {
  private static let line = """
    web-1 istio-proxy [2024-01-02T03:04:05.678Z] "- - -" 0 - - - "-" 6 0 9 - "-" "-" "-" "-" "10.12.2.8:5701" \
    PassthroughCluster 10.12.0.11:51428 10.12.2.8:5701 10.12.0.11:51426 - -
    """

  private static func run(_ log: String, _ options: String...) throws -> Outcome {
    try Program.run([Tool.path, "access-log"] + options, input: log, separatingErrors: true)
  }

  private struct Answer: Decodable {
    struct Line: Decodable {
      struct Route: Decodable {
        let comparison: String
        let cluster: String?
      }
      let direction: String
      let pod: String?
      let cluster: String?
      let now: Route?
    }
    struct Group: Decodable { let lines: Int }
    let total: Int
    let unreadable: Int
    let lines: [Line]
    let groups: [Group]
  }

  private static func answer(_ log: String, _ options: String...) throws -> Answer {
    let outcome = try Program.run(
      [Tool.path, "access-log", "--format", "json"] + options, input: log, separatingErrors: true)
    return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
  }

  @Test func listenersShowTheRouteNow() throws {
    let file = Repository.path("golden/trace/envoy/after.json")
    let line = try #require(try Self.answer(Self.line, "--envoy-config", file, "-").lines.first)
    #expect(line.direction == "outbound" && line.pod == "web-1" && line.cluster == "PassthroughCluster")
    #expect(line.now?.comparison == "different")
    #expect(line.now?.cluster == "outbound|5701||app-ext.app.svc.cluster.local")
    let before = Repository.path("golden/trace/envoy/before.json")
    #expect(try Self.answer(Self.line, "--envoy-config", before).lines.first?.now?.comparison == "same")
  }

  @Test func longLogsAreGrouped() throws {
    let log = String(repeating: Self.line + "\nother\n", count: 300)
    let answer = try Self.answer(log)
    #expect(answer.total == 300 && answer.unreadable == 300 && answer.lines.count == 50)
    #expect(answer.groups.map(\.lines) == [300])
  }

  @Test(arguments: [[], ["--log-format", "%START_TIME% %DURATION% nothing"]])
  func aLogOfOtherLinesIsAnError(_ options: [String]) throws {
    let outcome = try Program.run(
      [Tool.path, "access-log"] + options, input: "hello\n", separatingErrors: true)
    #expect(outcome.status == 1 && outcome.output.isEmpty && outcome.errors.contains("--log-format"))
  }

  @Test func aFormatThatCannotBeReadIsAMistake() throws {
    #expect(try Self.run(Self.line, "--log-format", "%START_TIME").status == 64)
    #expect(try Self.run(Self.line, "--envoy-config", "-", "-").status == 64)
  }

  @Test func controlCharactersOfALogStayText() throws {
    let outcome = try Self.run(Self.line.replacing("\"-\" 6", with: "\"failed\u{1B}[2J\" 6"))
    #expect(outcome.status == 0 && outcome.output.contains("failed"))
    #expect(!outcome.output.utf8.contains(0x1B))
  }
}
