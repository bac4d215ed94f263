import ArgumentParser
import Installation
import Intercept
import Netfilter

struct PrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print",
    abstract: "Print the rules that the options build; nothing is touched.",
    discussion: """
        istio-iptables-swift print --profile sidecar --annotate
        istio-iptables-swift print --istio-release 1.16 -u 1337 -b '*' -i '*'
        istio-iptables-swift print --profile sidecar --format nft
        istio-iptables-swift print --profile sidecar --format restore \\
          --family ipv6 | ip6tables-restore --noflush
        kubectl get pod web -o json |
          istio-iptables-swift print --pod - --show-options
      """)

  @OptionGroup(title: "Rules") var rules: RuleFlags
  @OptionGroup(title: "Application") var application: RunFlags
  @OptionGroup(title: "Pod") var pod: PodFlags

  @Option(
    help: """
      save: as iptables-save prints them; restore: for iptables-restore --noflush; nft: the native form, for nft -f; \
      json: for programs.
      """)
  var format = Rendering.Format.save

  @Option(help: "IPv4 rules, IPv6 rules, or both: one after the other, or as one native form.")
  var family = Rendering.Family.all

  @Flag(help: "Put each rule's reason above it, as a comment line.")
  var annotate = false

  @Flag(help: "Instead of the rules, print what apply would change in the kernel now.")
  var plan = false

  func run() throws {
    if try pod.showsOptions("print") { return }
    let settings = try Settings.ofProcess(pod, asksManifest: !plan)
    settings.warnings.forEach(Console.warn)
    if plan {
      let plan = try Installation(settings.configuration, settings.run).plan()
      return try Console.print("\(plan.isNothing ? "nothing to do" : plan.description)\n")
    }
    if format == .restore, let advice = settings.configuration.adviceForRestore { Console.warn(advice) }
    let rendering = Rendering(format: format, family: family, isAnnotated: annotate)
    try Console.print(rendering.text(for: settings.configuration))
  }
}

extension Rendering.Format: ExpressibleByArgument {}
extension Rendering.Family: ExpressibleByArgument {}
