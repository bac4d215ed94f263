import Intercept
import KernelTestSupport
import TestSupport
import Testing

@testable import RuleCommands
@testable import istio_iptables_swift

/// A command line with mistakes in it, and what is said about each.
struct BadInput: CustomTestStringConvertible {
  let line: String
  let complaints: [String]

  var testDescription: String { line }

  /// Reads lines: a command line, and indented below it what is said.
  static func table(_ text: String) -> [BadInput] {
    text.split(separator: "\n").reduce(into: []) { table, line in
      if let last = table.last, line.hasPrefix("  ") {
        table[table.count - 1] = BadInput(
          line: last.line, complaints: last.complaints + [String(line.dropFirst(2))])
      } else {
        table.append(BadInput(line: String(line), complaints: []))
      }
    }
  }
}

/// Bad input is refused before anything is touched: each mistake in a line of its own that names the flag or
/// variable as it was given, the value, and what would be right.
struct BadInputTests {
  @Test func theTableIsThere() {
    #expect(BadInput.all.count >= 120)
    #expect((BadInput.all + BadInput.ofParser).allSatisfy { !$0.complaints.isEmpty })
  }

  @Test(arguments: BadInput.all)
  func everyMistakeIsNamed(_ input: BadInput) {
    let command = TypedCommand(line: input.line)
    let error = #expect(throws: InvalidOptions.self) { try read(command) }
    #expect(error?.problems.map(\.description) == input.complaints)
  }

  private func read(_ command: TypedCommand) throws {
    _ = try command.command()
    _ = try command.settings()
  }

  /// As others see it. (A debug build takes long to start: a line in ten will do.)
  @Test(
    arguments: BadInput.ofParser + BadInput.all.enumerated().filter { $0.offset % 10 == 0 }.map(\.element))
  func nothingIsTouched(_ input: BadInput) throws {
    let command = TypedCommand(line: input.line)
    let run =
      try canUseKernel
      ? Tool.runInNamespace(command.words, environment: command.environment)
      : Tool.run(command.words, environment: command.environment)
    #expect(run.errors.split(separator: "\n").map(String.init) == input.complaints.map { "error: \($0)" })
    // The rules in the kernel afterwards would be seen here.
    #expect(run.output.isEmpty)
    #expect(run.status == 64)
  }
}
