import Installation
package import Intercept
import Netfilter

/// Installs the rules: the command of an init container.
package struct ApplyCommand: Command {
  package static let name = Subcommand.apply
  package static var help: CommandHelp {
    CommandHelp(
      abstract: "Install the rules, in one transaction; the command of an init container.",
      usage: "[<options>]",
      discussion: """
        Both families and all tables change together or not at all. Rules that are already right stay as they are; \
        other Istio rules are an error unless --reconcile is given.

          istio-iptables-swift --profile sidecar
          istio-iptables-swift --profile sidecar --dry-run \\
            --network-namespace /var/run/netns/test
          istio-iptables-swift --profile sidecar --pid 4711 --reconcile
          kubectl get pod web -o json |
            istio-iptables-swift apply --pod - --pid 4711

        DRY_RUN_FILE_PATH names a file for the rules that --dry-run prints. Flags of Istio's program that have no \
        effect here are accepted: --cni-mode, --restore-format (-f), --output-paths, --host-nsenter-exec, \
        --iptables-version, --vklog, and --log_* but those below.
        """)
  }

  private let pod: PodSource
  private let isCheck: Bool

  package init(reading reader: inout OptionReader, _ operands: Operands) {
    pod = PodSource(reading: &reader)
    isCheck = reader.toggle(.check)
  }

  package func run() throws {
    if try pod.showsOptions(of: .apply) { return }
    let settings = try Settings.ofProcess(pod, asksManifest: false)
    settings.warnings.forEach(Console.warn)
    let run = settings.run
    if run.cleansUpOnly { return try Removal(settings, isDryRun: isCheck || run.isDryRun).perform() }
    warnIfNothingIsCaptured(settings)
    if isCheck {
      let plan = try Installation(settings).check()
      plan.warnings.forEach(Console.warn)
      Console.note(plan.checked)
    } else if run.isDryRun {
      try DryRun(settings).print()
    } else {
      if !run.skipsRuleApply { Console.report(try Installation(settings).apply()) }
      if run.validates { try Validation(settings).performAndReport() }
    }
  }

  private func warnIfNothingIsCaptured(_ settings: Settings) {
    guard settings.configuration.capturesNothing, !settings.run.skipsRuleApply else { return }
    Console.warn(
      "these rules redirect nothing: no inbound ports (-b), no outbound CIDRs (-i) or ports (-q); --profile sidecar"
        + " has Istio's defaults")
  }
}
