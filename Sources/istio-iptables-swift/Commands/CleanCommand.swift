import Intercept
import Netfilter

/// Removes the rules.
struct CleanCommand: Command {
  static let name = Subcommand.clean
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Remove the rules of this tool and of Istio's own from a namespace.",
      usage: "[<options>]",
      discussion: """
        Rules of any options, releases and encodings are removed; other programs' rules stay. With --dry-run, each \
        rule, chain and table that would be removed is listed, one a line.

          istio-iptables-swift clean
          istio-iptables-swift clean --network-namespace /var/run/netns/test
          istio-iptables-swift clean --dry-run --pid 4711
        """)
  }

  init(reading reader: inout OptionReader, _ operands: Operands) {}

  func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    try Cleanup(settings).run(isDry: settings.run.isDryRun)
  }
}

/// The removal of the rules, or the list of what it would remove.
struct Cleanup {
  private let installation: Installation

  init(_ settings: Settings) {
    installation = Installation(settings)
  }

  func run(isDry: Bool) throws {
    guard isDry else { return Console.note(try installation.remove().description) }
    let removal = try installation.removal()
    try Console.print(removal.lines.map { $0 + "\n" }.joined())
    Console.note("dry run: \(removal.summary); nothing was touched")
  }
}
