extension OptionRow {
  /// The options of connections to follow.
  static var traceOptions: [OptionRow] {
    [
      // Connection of a trace.
      .trace(
        .to, "to", .value("address:port"), "Its destination: 10.0.0.1:80, [fd00::1]:80.", in: .connection),
      .trace(.from, "from", .value("address[:port]"), "Its source.", in: .connection),
      .trace(.uid, "uid", .value("uid"), "The socket's user id or name.", default: "0", in: .connection),
      .trace(
        .gid, "gid", .value("gid"), "The socket's group id or name.", default: "as --uid", in: .connection),
      .trace(.noOwner, "no-owner", .toggle, "No socket: a reply of the kernel.", in: .connection),
      .trace(
        .interface, "interface", .value("name"), "Its interface.", default: "by its route", in: .connection),
      .trace(
        .outInterface, "out-interface", .value("name"), "Where it leaves, if forwarded.",
        default: "by its route",
        in: .connection),
      .trace(.udp, "udp", .toggle, "UDP, not TCP.", in: .connection),
      .trace(.mark, "mark", .value("mark"), "The packet's mark on arrival.", default: "0", in: .connection),
      .trace(
        .state, "state", .value(.oneOf("new", "established", "related", "invalid")), "Its conntrack state.",
        default: "new", in: .connection),
      .trace(.sni, "sni", .value("host"), "The server name of its TLS greeting.", in: .connection),
      .trace(.alpn, "alpn", .value("protocols"), "The ALPN list of its TLS greeting.", in: .connection),
      .trace(
        .appProtocol, "app-protocol", .value("name"), "Its plain bytes: http/1.1 (http), http/1.0, h2c.",
        in: .connection),
      .trace(.tls, "tls", .toggle, "A TLS greeting without details.", in: .connection),
      .trace(
        .httpHost, "http-host", .value("host"), "The host of its HTTP request.", default: "as --to",
        in: .connection),
      .trace(
        .httpPath, "http-path", .value("path"), "The path and query of its HTTP request.", default: "/",
        in: .connection),
      .trace(
        .httpMethod, "http-method", .value("method"), "The method of its HTTP request.", default: "GET",
        in: .connection),
      .trace(
        .httpHeader, "http-header", .repeated("field"),
        "A header of its HTTP request, NAME:VALUE; repeatable.", in: .connection),

      // Sources of a trace.
      .trace(.ruleset, "ruleset", .value(.file), "Rules as iptables-save prints them."),
      OptionRow(.live, "live", .toggle, "The kernel's rules.", of: [.trace, .accessLog]),
      .trace(.flows, "flows", .value(.file), "Connections, one JSON object a line."),
      OptionRow(
        .envoyConfig, "envoy-config", .repeated(.file), "The proxy's listeners or configuration; repeatable.",
        of: [.trace, .accessLog, .doctor]),
      OptionRow(
        .listenersFrom, "listeners-from", .value(.file),
        "Services and other objects to make the listeners from.", of: [.trace, .accessLog]),
      .trace(.fromListener, "from-listener", .value("port"), "Skip the rules and start at this listener."),
      .trace(
        .toPod, "to-pod", .repeated(.file), "Go on to this pod's app: name or files; repeatable."),
      .trace(.quiet, "quiet", .toggle, "Print the verdict alone."),
      .trace(.brief, "brief", .toggle, "Leave out rules that do not match."),

      // Real packets.
      .trace(.kernel, "kernel", .toggle, "Trace a real connection in the kernel.", in: .realPackets),
      .trace(
        .traceTimeout, "timeout", .value("duration"), "The time limit.", default: "60s", in: .realPackets),
      .trace(.count, "count", .value("number"), "Connections to wait for.", default: "1", in: .realPackets),
      .trace(.connect, "connect", .toggle, "Make the connection, as --uid and --gid.", in: .realPackets),
    ]
  }
}
