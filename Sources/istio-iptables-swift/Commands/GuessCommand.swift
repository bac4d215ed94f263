import ArgumentParser
import Intercept

/// Finds the options that build given rules.
struct GuessCommand: Command {
  static let name = Subcommand.guess
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Find the options and the release that build these rules.",
      usage: "[<options>] [<file>]",
      discussion: """
        Rules that no options explain are listed as differences. Status 0: every rule is explained; 1: some are not; \
        2: error.

          iptables-save | istio-iptables-swift guess -
          istio-iptables-swift guess --pid 4711
        """,
      operands: [.rulesFile])
  }

  private let family: DiffCommand.Family
  private let format: DiffCommand.Format
  private let file: String?

  init(reading reader: inout OptionReader, _ operands: Operands) {
    family = reader.choice(.family, default: .ipv4)
    format = reader.choice(.format, default: .text)
    file = operands.first
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      let live = try LiveSource(file, family: family.value, in: settings).read()
      guard let guess = Guess(live.rulesets, isNative: live.isNative) else {
        throw CommandError("there are no rules of Istio's to guess from")
      }
      try Console.print(text(of: guess))
      throw guess.isComplete ? ExitCode.success : ExitCode.failure
    }
  }

  private func text(of guess: Guess) throws -> String {
    switch format {
    case .text: guess.text(Console.style)
    case .json: try JSONWriter.text(guess)
    }
  }
}
