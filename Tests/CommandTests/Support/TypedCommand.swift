import Intercept
import TestSupport

@testable import RuleCommands
@testable import istio_iptables_swift

/// A command line and an environment, as a person types them, read in this process.
struct TypedCommand {
  let words: [String]
  private(set) var arguments: GoArguments
  let environment: [String: String]

  init(_ words: [String], environment: [String: String] = [:]) {
    self.words = words
    arguments = GoArguments(words)
    self.environment = environment
  }

  /// Reads a line as a shell does: words between blanks, single quotes around what has blanks or stars in it,
  /// variables before the options.
  init(line: String) {
    let words = line.shellWords
    let variables = words.prefix { $0.contains("=") && !$0.hasPrefix("-") }
    let pairs = variables.map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    self.init(
      Array(words.dropFirst(variables.count)),
      environment: Dictionary(pairs.map { (String($0[0]), String($0[1])) }) { $1 })
  }

  /// The options of all sources.
  var options: Options {
    Options(flags: arguments.given, environment: environment, for: arguments.subcommand)
  }

  func settings(_ host: FakeHost = FakeHost()) throws -> Settings {
    try Settings(options) { _ in host }
  }

  /// The configuration that the options give for release `1.release`.
  func configuration(release: Int) throws -> Configuration {
    var command = self
    command.arguments = GoArguments(["--istio-release", "1.\(release)"] + words)
    return try command.settings().configuration
  }
}

extension TypedCommand {
  /// The subcommand, as the program makes it.
  func command(_ host: FakeHost = FakeHost()) throws -> any Command {
    try arguments.command(of: Main.self, options) { try settings(host) }
  }
}
