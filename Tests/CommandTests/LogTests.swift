import Foundation
import TestSupport
import Testing

/// Messages, as Istio's logging flags want them.
struct LogTests {
  private struct Record: Decodable, Equatable {
    let level, msg, scope, time: String
  }

  @Test func jsonIsALineForEachMessage() throws {
    let run = try Tool.run(["print", "-b", "80,eighty", "-p", "0", "--log_as_json"])
    #expect(run.status == 64)
    let records = try run.errors.split(separator: "\n").map {
      try JSONDecoder().decode(Record.self, from: Data($0.utf8))
    }
    #expect(records.map(\.level) == ["error", "error"])
    #expect(records.first?.msg == "-p: '0': give a port 1-65535")
    #expect(records.allSatisfy { $0.scope == "default" && $0.time.contains(/^\d{4}-\d\d-\d\dT.*Z$/) })
  }

  @Test(arguments: [
    ([], "warning: -o: no effect: nothing outbound is captured\n"),
    (["--log_output_level=default:warn"], "warning: -o: no effect: nothing outbound is captured\n"),
    (["--log_output_level=error"], ""),
    (["--log_output_level=ads:none"], "warning: -o: no effect: nothing outbound is captured\n"),
    (["--log_output_level", "none"], ""),
    (["--log_as_json=false"], "warning: -o: no effect: nothing outbound is captured\n"),
  ])
  func theLevelFilters(_ flags: [String], _ errors: String) throws {
    let run = try Tool.run(["print", "-o", "22", "--ip-family", "ipv4"] + flags)
    #expect(run.status == 0)
    #expect(run.errors == errors)
    #expect(run.output.hasPrefix("*nat\n"))
  }

  /// apply accepts the rest of Istio's logging flags.
  @Test func theOtherFlagsHaveNoEffect() throws {
    let words = ["--dry-run", "-b", "80", "--ip-family", "ipv4"]
    let flags = ["--vklog=9", "--log_caller=default", "--log_stacktrace_level=default:none", "--log_rotate="]
    let run = try Tool.run(words + flags)
    #expect(run.status == 0 && run.errors == "dry run: nothing was touched\n")
    #expect(run.output == (try Tool.run(words).output))
  }

  @Test func silenceHidesErrorsButNotTheStatus() throws {
    let run = try Tool.run(["print", "-b", "eighty", "--log_output_level=none"])
    #expect(run.status == 64)
    #expect(run.errors.isEmpty && run.output.isEmpty)
  }

  /// A dump with a mistake, reported in three lines.
  @Test func aMessageOfSeveralLinesIsOne() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try "*nat\n-A OUTPUT -p tcp --dport eighty\n".write(to: file, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let message = """
      \(file.path): line 2, column 26: '--dport' needs a port 0-65535, not 'eighty'
        -A OUTPUT -p tcp --dport eighty
                                 ^
      """
    let text = try Tool.run(["guess", file.path])
    #expect(text.status == 2)
    #expect(text.errors == "error: " + message.replacing("\n", with: "\n  ") + "\n")
    let json = try Tool.run(["guess", file.path, "--log_as_json"]).errors
    #expect(json.split(separator: "\n").count == 1)
    #expect(try JSONDecoder().decode(Record.self, from: Data(json.utf8)).msg == message)
  }
}
