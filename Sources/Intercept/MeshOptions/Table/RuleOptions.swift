extension OptionRow {
  /// The options that select the rules.
  static var ruleOptions: [OptionRow] {
    [
      .rule(
        .envoyPort, "envoy-port", .value("port"), "The proxy's outbound listener.", short: "p",
        default: "15001", variables: .none),
      .rule(
        .inboundCapturePort, "inbound-capture-port", .value("port"), "The proxy's inbound listener.",
        short: "z", default: "15006"),
      .rule(
        .inboundTunnelPort, "inbound-tunnel-port", .value("port"), "The HBONE port, never captured.",
        short: "e", default: "15008"),
      .rule(
        .proxyUID, "proxy-uid", .value("uids"), "The proxy's user ids; their traffic is not redirected.",
        short: "u", default: "the uid of $ENVOY_USER, else 1337"),
      .rule(
        .proxyGID, "proxy-gid", .value("gids"), "The proxy's group ids; their traffic is not redirected.",
        short: "g", default: "as --proxy-uid"),
      .rule(
        .interceptionMode, "istio-inbound-interception-mode", .value(.oneOf("REDIRECT", "TPROXY")),
        "The mode of inbound capture.", short: "m", default: "REDIRECT"),
      .rule(
        .inboundPorts, "istio-inbound-ports", .list("ports"),
        "Inbound ports to capture: 80,8000:8100, or * for all.", short: "b", default: "none"),
      .rule(
        .excludedInboundPorts, "istio-local-exclude-ports", .list("ports"),
        "Inbound ports not to capture, where -b is *.", short: "d"),
      .rule(
        .excludedInterfaces, "istio-exclude-interfaces", .list("interfaces"),
        "Interfaces excluded from capture, both directions.", short: "c"),
      .rule(
        .outboundCIDRs, "istio-service-cidr", .list("cidrs"),
        "Destinations to capture: 10.0.0.0/8,2001:db8::/32, or * for all.", short: "i", default: "none"),
      .rule(
        .excludedOutboundCIDRs, "istio-service-exclude-cidr", .list("cidrs"), "Destinations not to capture.",
        short: "x"),
      .rule(
        .outboundPorts, "istio-outbound-ports", .list("ports"),
        "Outbound ports to capture whatever the destination.", short: "q"),
      .rule(
        .excludedOutboundPorts, "istio-local-outbound-ports-exclude", .list("ports"),
        "Outbound ports not to capture.", short: "o"),
      .rule(
        .virtualInterfaces, "kube-virt-interfaces", .list("interfaces"),
        "Interfaces of virtual machines; their inbound traffic is treated as outbound.", short: "k"),
      .rule(
        .tproxyMark, "istio-inbound-tproxy-mark", .value("mark"), "TPROXY: the mark of captured packets.",
        short: "t", default: "1337"),
      .rule(
        .tproxyRouteTable, "istio-inbound-tproxy-route-table", .value("table"),
        "TPROXY: the routing table of captured packets.", short: "r", default: "133"),
      .rule(
        .redirectDNS, "redirect-dns", .toggle,
        "Capture DNS to the namespace's servers, for the resolver on port 15053.",
        variables: .first("ISTIO_META_DNS_CAPTURE")),
      .rule(.captureAllDNS, "capture-all-dns", .toggle, "Capture DNS to any server; needs --redirect-dns."),
      OptionRow(
        .dnsServers, "dns-servers", .list("addresses"), "The DNS servers; empty means none.",
        default: "those of /etc/resolv.conf", variables: .named, in: .rules, of: .building),
      .rule(
        .dropInvalid, "drop-invalid", .toggle, "Drop packets of no known connection.",
        variables: .first("INVALID_DROP")),
      .rule(
        .dualStack, "dual-stack", .toggle, "Enable IPv6 if any address is IPv6, not only the first.",
        variables: .first("ISTIO_DUAL_STACK")),
      OptionRow(
        .ipFamily, "ip-family", .value(.oneOf("auto", "ipv4", "dual")),
        "The families of the rules; auto reads the addresses.", default: "auto", variables: .named,
        in: .rules, of: .building),
      OptionRow(
        .istioRelease, "istio-release", .value(.release), "Istio's release, 1.14 to 1.31.",
        default: "1.31; lint: any", variables: .named, in: .rules, of: [.building, .lint]),
      OptionRow(
        .profile, "profile", .value(.oneOf("sidecar")),
        "Start from the options that Istio's injector passes.", in: .rules, of: .building),
      .variable(
        .ownerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS", .list("gids"),
        "Groups whose outbound traffic is captured.", default: "*"),
      .variable(
        .excludedOwnerGroups, "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE", .list("gids"),
        "Groups whose outbound traffic is not captured."),
      .variable(
        .loopbackCIDR, "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR", .value("cidr"),
        "The loopback block of self-calls.", default: "127.0.0.1/32"),
    ]
  }
}
