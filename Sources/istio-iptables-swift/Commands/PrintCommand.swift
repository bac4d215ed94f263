import Installation
import Intercept
import Netfilter
import RuleCommands

/// Prints the rules of the options.
struct PrintCommand: Command {
  static let name = Subcommand.print
  static var help: CommandHelp {
    CommandHelp(
      abstract: "Print the rules of the options; nothing is touched.",
      usage: "[<options>]",
      discussion: """
          istio-iptables-swift print --profile sidecar --annotate
          istio-iptables-swift print --istio-release 1.16 -u 1337 -b '*' -i '*'
          istio-iptables-swift print --profile sidecar --format nft
          istio-iptables-swift print --profile sidecar --format restore \\
            --family ipv6 | ip6tables-restore --noflush
          kubectl get pod web -o json |
            istio-iptables-swift print --pod - --show-options

        --reconcile and --force-apply belong to apply, and change what --plan prints. Status 3: Istio installs no rules \
        for the pod of --pod.
        """)
  }

  private let pod: PodSource
  private let rendering: Rendering
  private let isPlan: Bool

  init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    let isNative = reader.isOn(.nativeNftables)
    rendering = Rendering(
      format: reader.choice(.printFormat, default: isNative ? .nft : .save),
      family: reader.choice(.printFamily, default: .all), isAnnotated: reader.toggle(.annotate))
    isPlan = reader.toggle(.plan)
    guard !isPlan else { return }
    for option in [OptionName.reconcile, .forceApply] where reader.options.origin(of: option) == .flag {
      reader.complain(
        OptionProblem("\(option.spelling) belongs to apply (or print --plan)"))
    }
  }

  func run() throws {
    if try pod.showsOptions(of: .print) { return }
    let settings = try Settings.ofProcess(pod, asksManifest: !isPlan)
    settings.warnings.forEach(Console.warn)
    if isPlan {
      let plan = try Installation(settings).plan()
      plan.warnings.forEach(Console.warn)
      return try Console.print("\(plan)\n")
    }
    if rendering.format == .restore, let advice = settings.configuration.adviceForRestore {
      Console.warn(advice)
    }
    try Console.print(rendering.text(for: settings.configuration))
  }
}
