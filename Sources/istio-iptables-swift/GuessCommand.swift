import ArgumentParser
import Intercept

struct GuessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guess",
    abstract: "Find the options and the release that would give these rules.",
    discussion: """
      Ports, users, addresses and interfaces are read off the rules, the release is known by its habits. What no \
      options explain is listed as differences. Status 0: everything is explained; 1: something is left; 2: trouble.

        iptables-save | istio-iptables-swift guess -
        istio-iptables-swift guess --pid 4711
      """)

  @OptionGroup(title: "Application") var application: RunFlags

  @Option(help: "The family of the rules in FILE.")
  var family = DiffCommand.Family.ipv4

  @Option(help: "text for people, json for programs.")
  var format = DiffCommand.Format.text

  @Argument(help: "A file of iptables-save text, or - for standard input. (default: the kernel's rules)")
  var file: String?

  func run() throws {
    try ExitStatusPolicy.withStatus(2) {
      let settings = try Settings.ofProcess()
      let live = try LiveSource(file, family: family.value, run: settings.run).read()
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
