import ArgumentParser
import Intercept

struct PrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Print the rules that the options build; nothing is touched.",
    discussion: """
        istio-iptables-swift print --profile sidecar --annotate
        istio-iptables-swift print --istio-release 1.16 -u 1337 -b '*' -i '*' --family ipv4
        istio-iptables-swift print --profile sidecar --format restore --family ipv6 | ip6tables-restore --noflush
      """)

  /// What the rules are printed as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case save, restore, json
  }

  /// Whose rules are printed.
  enum Family: String, CaseIterable, ExpressibleByArgument {
    case ipv4, ipv6, all
  }

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  @Option(
    help: "save: as iptables-save prints them; restore: for iptables-restore --noflush; json: for programs.")
  var format = Format.save

  @Option(help: "IPv4 rules, IPv6 rules, or one after the other.")
  var family = Family.all

  @Flag(help: "Put each rule's reason above it, as a comment line.")
  var annotate = false

  @Flag(help: "Instead of the rules, print what apply would change in the kernel now.")
  var plan = false

  func run() throws {
    let settings = try Settings.ofProcess()
    settings.warnings.forEach(Console.warn)
    if plan { return try Console.print(Installation(settings).plan() + "\n") }
    try Console.print(text(for: settings.configuration))
  }

  /// What is printed for a configuration.
  func text(for configuration: Configuration) throws -> String {
    let rulesets = RulesetBuilder.build(configuration).filter(isWanted)
    switch format {
    case .save: return rulesets.map { $0.saveText(annotated: annotate) }.joined()
    case .restore: return rulesets.map { $0.restoreText(annotated: annotate) }.joined()
    case .json: return try RulesetJSON.text(of: rulesets, release: configuration.release)
    }
  }

  private func isWanted(_ ruleset: Ruleset) -> Bool {
    switch family {
    case .all: true
    case .ipv4: ruleset.family == .ipv4
    case .ipv6: ruleset.family == .ipv6
    }
  }
}
