import Intercept
import Testing

@testable import RuleCommands

/// The options of a lookup of pods, in a program without one.
struct PodLookupTests {
  private enum InitContainer: CommandProgram {
    static let usage = ""
    static let pods: (any PodLookup)? = nil

    static func implementation(of subcommand: Subcommand) -> (any Command.Type)? { ApplyCommand.self }
    static func showHelp(_ arguments: GoArguments) {}
  }

  private func command(_ line: String) throws -> any Command {
    let typed = TypedCommand(line: line)
    return try typed.arguments.command(of: InitContainer.self, typed.options) { try typed.settings() }
  }

  @Test(arguments: ["--pod-name shop/web", "--cri /run/x.sock", "--cri /run/x.sock --pod-name web"])
  func areRefusedInOneLine(_ line: String) throws {
    let refusal = #expect(throws: InvalidOptions.self) { try command("apply \(line)") }
    #expect(refusal?.problems.count == 1)
    #expect(refusal?.areMistaken == true)
  }

  @Test func othersAreAccepted() throws {
    #expect(try command("apply --pid 1 --profile sidecar") is ApplyCommand)
  }
}
