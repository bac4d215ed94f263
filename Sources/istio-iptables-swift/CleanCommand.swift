import ArgumentParser
import Intercept

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove everything that this tool or Istio's own puts into a namespace.",
    discussion: """
      Whatever options the rules were installed with; other programs' rules stay. A second run finds nothing.

        istio-iptables-swift clean
        istio-iptables-swift clean --network-namespace /var/run/netns/test
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags

  func run() throws {
    let settings = try Settings.ofProcess()
    try Removal(settings, isDryRun: settings.run.isDryRun).perform()
  }
}
