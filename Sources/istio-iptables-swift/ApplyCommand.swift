import ArgumentParser
import Intercept

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Put the rules into the kernel, in one transaction; what an init container runs.",
    discussion: """
        istio-iptables-swift --profile sidecar
        istio-iptables-swift --profile sidecar --network-namespace /var/run/netns/test --dry-run
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  func run() throws {
    let settings = try Settings(rules.texts.merging(application.texts) { first, _ in first })
    settings.warnings.forEach(Console.warn)
  }
}
