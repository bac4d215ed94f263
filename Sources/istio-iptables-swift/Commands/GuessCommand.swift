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

  private let text: TextOptions
  private let format: DiffCommand.Format
  private let file: String?

  init(reading reader: inout OptionReader, _ operands: Operands) {
    text = TextOptions(reading: &reader)
    format = reader.choice(.format, default: .text)
    file = operands.first
  }

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      let live = try LiveSource(file, family: text.family, table: text.table, run: settings.run).read()
      Console.note("rules: \(live.source)")
      guard let guess = Guess(live.rulesets, isNative: live.isNative, tables: live.tables) else {
        throw CommandError("there are no rules of Istio's to guess from")
      }
      try Console.print(answer(guess, live))
      throw guess.isComplete ? ExitCode.success : ExitCode.failure
    }
  }

  private func answer(_ guess: Guess, _ live: LiveSource.Reading) throws -> String {
    switch format {
    case .text: guess.text(Console.style)
    case .json: try JSONWriter.text(GuessJSON(guess: guess, rules: live.source, incomplete: live.gap))
    }
  }
}

/// A guess as JSON, with the source of the rules: the answer of `guess --format json`.
private struct GuessJSON: Encodable {
  let guess: Guess
  let rules: String
  let incomplete: String?

  private enum Keys: String, CodingKey { case rules, incomplete }

  func encode(to encoder: any Encoder) throws {
    try guess.encode(to: encoder)
    var object = encoder.container(keyedBy: Keys.self)
    try object.encode(rules, forKey: .rules)
    try object.encodeIfPresent(incomplete, forKey: .incomplete)
  }
}
