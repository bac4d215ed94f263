extension OptionRow {
  /// The options of installing, removing and validating rules.
  static var applyOptions: [OptionRow] {
    [
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
      OptionRow(
        .check, "check", .toggle, "Check the change without making it; clean: list what would be removed.",
        of: [.apply, .clean]),
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
    ]
  }
}
