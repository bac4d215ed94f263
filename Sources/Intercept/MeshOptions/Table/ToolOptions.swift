extension OptionRow {
  /// The options of `lint`, and of the tools at a pod.
  static var toolOptions: [OptionRow] {
    [
      // Lint.
      OptionRow(.only, "only", .repeated("rules"), "Check these rules alone; may be repeated.", of: .lint),
      OptionRow(.ignore, "ignore", .repeated("rules"), "Leave these rules out; may be repeated.", of: .lint),
      OptionRow(.listRules, "list-rules", .toggle, "Explain every rule, and read nothing.", of: .lint),
      OptionRow(.explain, "explain", .value("rule"), "Explain a rule, and read nothing.", of: .lint),
      OptionRow(
        .severity, "severity", .value(.oneOf("info", "warning", "error")),
        "Report findings from this severity on.", default: "info", of: .lint),
      OptionRow(
        .failOn, "fail-on", .value(.oneOf("info", "warning", "error")), "Status 1 from this severity on.",
        default: "info", of: .lint),
      OptionRow(
        .assumeInjected, "assume-injected", .toggle,
        "Assume that pods are injected, except where their namespace disables injection or is ambient.",
        of: .lint),

      // Tools at the pod.
      OptionRow(
        .port, "port", .repeated("port"), "A port of the app; may be repeated.",
        default: "those the app listens on, else 8080", of: .tcpdump),
      OptionRow(
        .address, "address", .repeated("address"), "An address of the pod; may be repeated.",
        default: "the namespace's", of: .tcpdump),
      OptionRow(
        .podInterface, "interface", .value("name"), "The pod's interface.",
        default: "that of its first address", of: .tcpdump),
      OptionRow(
        .gateway, "gateway", .toggle, "The captures of a gateway: to pods, and to hosts outside.",
        of: .tcpdump),
      OptionRow(
        .podCIDR, "pod-cidr", .repeated("cidr"),
        "With --gateway: a block of the pods' addresses; may be repeated.", of: .tcpdump),
      OptionRow(
        .url, "url", .value("url"), "The address to ask.", default: "http://localhost:15021/healthz/ready",
        of: .wait),
      OptionRow(.waitPort, "port", .value("port"), "The port to ask, at the default's path.", of: .wait),
      OptionRow(
        .waitTimeout, "timeout", .value("duration"), "The time limit: 60s, 2m, 1m30s.", default: "60s",
        of: .wait),
      OptionRow(
        .interval, "interval", .value("duration"), "The pause after each answer that is not 200.",
        default: "500ms", of: .wait),

      // Access logs.
      OptionRow(
        .logFormat, "log-format", .value("format"), "The format of the lines, as Envoy's access_log_format.",
        default: "recognised", of: .accessLog),

      // Doctor and connections.
      OptionRow(
        .askedDestinations, "to", .repeated("address:port"),
        "A destination that the app cannot reach; may be repeated.", of: .doctor),
      OptionRow(
        .askProxy, "ask-proxy", .toggle, "Read the proxy's configuration from its port 15000, and follow it.",
        of: .doctor),
      OptionRow(
        .reportFile, "report", .value(.file), "Write a page of HTML with everything to this file.",
        of: .doctor),
      OptionRow(
        .follow, "follow", .toggle, "Then report new and closed connections, until stopped.", of: .connections
      ),
      OptionRow(
        .filterPort, "port", .value("port"), "Connections with this port on either side.", of: .connections),
      OptionRow(
        .filterDestination, "to", .value("cidr"), "Connections to this block or address.", of: .connections),
      OptionRow(
        .filterUser, "uid", .value("uid"), "Connections with a socket of this user.", of: .connections),
      OptionRow(
        .filterProcess, "process", .value("name"), "Connections of a program of this name.", of: .connections),
      OptionRow(
        .filterVerdict, "verdict", .value(.oneOf("redirect", "tproxy", "dnat", "accept", "bypass")),
        "Connections that the rules sent there; bypass: past the proxy.", of: .connections),
      OptionRow(
        .tableFormat, "format", .value(.oneOf("table", "json")), "A table for people, JSON for programs.",
        default: "table", of: .connections),
    ]
  }
}
