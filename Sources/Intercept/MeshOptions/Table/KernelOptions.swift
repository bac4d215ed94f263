extension OptionRow {
  /// The options of a namespace, of its rules and of messages.
  static var kernelOptions: [OptionRow] {
    [
      // Kernel.
      OptionRow(
        .networkNamespace, "network-namespace", .value(.path),
        "Work in this network namespace: a path or a name.", variables: .named, in: .kernel,
        of: .inNamespace),
      OptionRow(
        .pid, "pid", .value(.pid), "Work in the network namespace of this process.", in: .kernel,
        of: .inNamespace),
      OptionRow(
        .runtimePod, "pod-name", .value("name"), "Work in the namespace of this pod: NAMESPACE/NAME.",
        in: .kernel, of: .inNamespace),
      OptionRow(
        .runtimeSocket, "cri", .value(.path), "The container runtime's socket, for --pod-name.", in: .kernel,
        of: .inNamespace),
      OptionRow(
        .nativeNftables, "native-nftables", .toggle, "Use nf_tables' own terms, in tables istio-proxy-*.",
        variables: .named, in: .kernel, of: [.apply, .print, .diff, .validate, .node], selectsRules: true),
      OptionRow(
        .forceIptablesBinary, "force-iptables-binary", .value(.oneOf("legacy", "nft")),
        "legacy: the tables of iptables-legacy.", default: "nft", variables: .named, in: .kernel,
        of: .ofRules, selectsRules: true),
      OptionRow(
        .allBackends, "all-backends", .toggle,
        "Clean nf_tables and iptables-legacy; off with --force-iptables-binary.", default: "on", in: .kernel,
        of: .clean),

      // Applying and validating.
      OptionRow(
        .reconcile, "reconcile", .toggle, "Replace Istio's rules that differ; without it they are an error.",
        variables: .named, of: [.apply, .print]),
      OptionRow(
        .forceApply, "force-apply", .toggle, "Write rules even if they are already right.", variables: .named,
        of: [.apply, .print]),
      OptionRow(
        .dryRun, "dry-run", .toggle, "List what would be done; touch nothing.", short: "n", variables: .named,
        of: [.apply, .clean]),
      OptionRow(
        .dryRunFile, "DRY_RUN_FILE_PATH", .value(.file), "A file for the rules that --dry-run prints.",
        variables: .named, of: .apply, hasFlag: false),
      OptionRow(.check, "check", .toggle, "Let the kernel check the change without making it.", of: .apply),
      OptionRow(
        .cleanupOnly, "cleanup-only", .toggle, "Remove Istio's rules and install none, as clean.",
        variables: .named, of: .apply),
      OptionRow(
        .skipRuleApply, "skip-rule-apply", .toggle,
        "Do not touch the rules, only validate (with --run-validation).", variables: .named, of: .apply),
      OptionRow(
        .runValidation, "run-validation", .toggle, "Then test a connection, as validate.", variables: .named,
        of: .apply),
      OptionRow(
        .probePort, "iptables-probe-port", .value("port"), "The port of the test connection.",
        default: "15002", variables: .named, of: [.apply, .validate, .ports, .tcpdump]),
      OptionRow(
        .probeTimeout, "probe-timeout", .value("duration"), "The time limit of validation: 5s, 500ms, 1m30s.",
        default: "5s", variables: .named, of: [.apply, .validate]),

      // Logging.
      OptionRow(
        .logOutputLevel, "log_output_level", .value("level"), "debug, info, warn, error, fatal or none.",
        default: "info", in: .logging, of: .all),
      OptionRow(
        .logAsJSON, "log_as_json", .toggle, "Messages as JSON, one object a line.", in: .logging, of: .all),
    ]
  }
}
