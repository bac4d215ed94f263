import Intercept

/// DNS capture without a resolver, without conntrack zones, or past the configured servers.
enum DNSCapturing: DoctorCheck {
  static let name = "dns-capture"

  static func findings(_ pod: Examination) -> [DoctorFinding] {
    guard let configuration = pod.configuration, configuration.capturesDNS else { return [] }
    return resolver(pod) + zones(pod) + servers(pod, configuration.dns)
  }

  private static func resolver(_ pod: Examination) -> [DoctorFinding] {
    let missing = [IPProtocol.udp, .tcp].filter { proto in
      !pod.facts.listeners.contains { $0.port == .dnsProxy && $0.proto == proto }
    }
    guard !missing.isEmpty else { return [] }
    let names = missing.map(\.description).joined(separator: " and ")
    return [
      error(
        "DNS is captured and no resolver listens on port \(Port.dnsProxy) (\(names)): no name resolves",
        why: excerpt(redirects(pod)),
        remedy: "enable the agent's resolver: ISTIO_META_DNS_CAPTURE=\"true\" in the proxy's proxyMetadata, "
          + "or build rules without --redirect-dns")
    ]
  }

  /// The rules that redirect to the resolver.
  private static func redirects(_ pod: Examination) -> [String] {
    rules(pod, .nat) { rule in
      if case .redirect(let target) = rule.target { target.ports?.single == .dnsProxy } else { false }
    }
  }

  private static func zones(_ pod: Examination) -> [DoctorFinding] {
    let zoned = rules(pod, .raw) { if case .ct = $0.target { true } else { false } }
    guard zoned.isEmpty else { return [] }
    return [
      error(
        "DNS is captured without conntrack zones: answers of the agent's resolver and of the servers collide",
        why: ["raw has no rule with -j CT --zone"],
        remedy: "install the rules again with the options they were made with: istio-iptables-swift apply "
          + "--reconcile --redirect-dns; the kernel module xt_CT must be there")
    ]
  }

  private static func servers(_ pod: Examination, _ dns: DNSCapture) -> [DoctorFinding] {
    guard case .servers(let captured) = dns, let nameservers = pod.facts.nameservers else { return [] }
    let missed = nameservers.filter { !captured.contains($0) && pod.rules.families.contains($0.family) }
    guard !missed.isEmpty else { return [] }
    return [
      warning(
        "queries to \(missed.map(\.description).joined(separator: ", ")) are not captured",
        why: [
          "resolv.conf names these servers; the rules capture \(captured.map(\.description).joined(separator: ", "))"
        ],
        remedy: "build the rules again in this pod, or with --dns-servers or --capture-all-dns")
    ]
  }

  private static func rules(_ pod: Examination, _ table: TableName, _ isWanted: (Rule) -> Bool) -> [String] {
    pod.facts.rulesets.flatMap { ruleset in
      (ruleset[table]?.chains ?? []).flatMap { chain in
        chain.rules.enumerated().filter { isWanted($0.element) }.map { index, rule in
          "rule \(index + 1) of \(chain.name) (\(table.rawValue), \(ruleset.family)): \(rule.iptablesText)"
        }
      }
    }
  }
}

extension Configuration {
  /// True if queries to some server are redirected.
  var capturesDNS: Bool { dns != .none && dns != .servers([]) }
}
