import ArgumentParser
import Intercept

/// The flags that say where and how rules are applied.
struct RunFlags: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Work in this network namespace, e.g. /var/run/netns/NAME. (default: the current one)")
  var networkNamespace: String?

  @Option(parsing: .unconditional, help: "Work in the network namespace of this process.")
  var pid: String?

  @Option(help: .toggle("Replace rules of ours that differ; without it they are an error."))
  var reconcile: String?

  @Option(help: .toggle("Remove our rules and put none in."))
  var cleanupOnly: String?

  @Option(help: .toggle("Write the rules even where they are right already."))
  var forceApply: String?

  @Option(help: .toggle("Leave the rules as they are; for --run-validation alone."))
  var skipRuleApply: String?

  @Option(help: .toggle("Afterwards, try a connection and see that it is captured."))
  var runValidation: String?

  @Option(help: .toggle("Accepted for Istio's CNI plugin; changes nothing here."))
  var cniMode: String?

  @Option(parsing: .unconditional, help: "The port of the validation's connection. (default: 15002)")
  var iptablesProbePort: String?

  @Option(parsing: .unconditional, help: "How long validation may take: 5s, 500ms, 1m30s. (default: 5s)")
  var probeTimeout: String?

  @Option(help: .toggle("Use nf_tables' own form, in tables of its own."))
  var nativeNftables: String?

  @Option(
    parsing: .unconditional, help: "legacy: hand the rules to iptables-legacy-restore. nft: as by default.")
  var forceIptablesBinary: String?

  @Option(name: [.customShort("n"), .long], help: .toggle("Print what would be done and touch nothing."))
  var dryRun: String?

  @Option(
    name: [.customShort("f"), .long], help: .toggle("Accepted for older releases of Istio; changes nothing."))
  var restoreFormat: String?

  @Option(help: .toggle("Not supported: no rules are put in that log. See trace."))
  var iptablesTraceLogging: String?

  @Option(parsing: .unconditional, help: "Accepted for older releases of Istio; no file is written.")
  var outputPaths: String?

  @Option(
    name: .customLong("host-nsenter-exec"),
    help: .toggle("Accepted for older releases of Istio; changes nothing."))
  var hostNSEnter: String?

  @Option(parsing: .unconditional, help: "Accepted for older releases of Istio; changes nothing.")
  var iptablesVersion: String?

  @OptionGroup(title: "Logging") var log: LogFlags
}
