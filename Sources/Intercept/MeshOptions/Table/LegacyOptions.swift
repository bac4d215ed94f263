extension OptionRow {
  /// Flags of Istio's program that `apply` accepts and ignores.
  static var legacyOptions: [OptionRow] {
    [
      .legacy(.cniMode, "cni-mode", .toggle, "For Istio's CNI plugin; no effect."),
      .legacy(
        .restoreFormat, "restore-format", .toggle, "For older releases of Istio; no effect.", short: "f"),
      .legacy(.traceLogging, "iptables-trace-logging", .toggle, "Not supported; see trace."),
      .legacy(.outputPaths, "output-paths", .value("paths"), "For older releases of Istio; no effect."),
      .legacy(.hostNSEnter, "host-nsenter-exec", .toggle, "For older releases of Istio; no effect."),
      .legacy(
        .iptablesVersion, "iptables-version", .value("version"), "For older releases of Istio; no effect."),
      .legacy(.logTarget, "log_target", .value(.path), "No effect: messages go to stderr.", variables: .none),
      .legacy(.logCaller, "log_caller", .value("scopes"), "No effect.", variables: .none),
      .legacy(.logStacktraceLevel, "log_stacktrace_level", .value("levels"), "No effect.", variables: .none),
      .legacy(.logRotate, "log_rotate", .value(.path), "No effect.", variables: .none),
      .legacy(.logRotateMaxAge, "log_rotate_max_age", .value("days"), "No effect.", variables: .none),
      .legacy(
        .logRotateMaxBackups, "log_rotate_max_backups", .value("number"), "No effect.", variables: .none),
      .legacy(.logRotateMaxSize, "log_rotate_max_size", .value("megabytes"), "No effect.", variables: .none),
      .legacy(.vklog, "vklog", .value("level"), "No effect.", variables: .none),
    ]
  }
}
