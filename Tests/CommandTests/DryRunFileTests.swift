import TestSupport
import Foundation
import Testing

/// `DRY_RUN_FILE_PATH`, a variable of Istio's program.
struct DryRunFileTests {
  private let words = ["--profile", "sidecar", "-u", "1337", "--ip-family", "ipv4"]

  @Test(arguments: [[], ["--native-nftables"]])
  func theFileHasTheRulesOfADryRun(_ more: [String]) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try Tool.run(words + more + ["--dry-run"], environment: ["DRY_RUN_FILE_PATH": file.path])
    #expect(run.status == 0 && !run.output.isEmpty)
    #expect(try String(contentsOf: file, encoding: .utf8) == run.output)
  }

  @Test func aFileThatCannotBeWrittenIsAnError() throws {
    let run = try Tool.run(words + ["-n"], environment: ["DRY_RUN_FILE_PATH": "/nonexistent/rules"])
    #expect(run.status == 1)
    #expect(
      run.errors
        == "error: DRY_RUN_FILE_PATH: /nonexistent/rules cannot be written: No such file or directory\n")
  }

  @Test(arguments: ["print", "diff", "clean"])
  func otherSubcommandsIgnoreIt(_ name: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let operand = name == "diff" ? ["/dev/null"] : name == "clean" ? ["--dry-run"] : []
    _ = try Tool.run([name, "-u", "1337"] + operand, environment: ["DRY_RUN_FILE_PATH": file.path])
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }
}
