import NetworkValues
import RuleModel

/// DNS: redirection of queries to the proxy's resolver.
extension RulesetBuilder {
  typealias DNSPlacement = ReleaseTraits.DNSPlacement

  /// True if the configuration captures DNS and the release supports it.
  var capturesDNS: Bool {
    switch configuration.dns {
    case .none: false
    case .servers(let servers): !servers.isEmpty || traits.capturesDNSWithoutServers
    case .all: true
    }
  }

  /// The captured destinations of this family: one per server, or any destination.
  private var dnsDestinations: [DNSDestination] {
    switch configuration.dns {
    case .none: []
    case .servers(let servers):
      servers.filter { $0.family == family }.map { .server(CIDR(host: $0)) }
    case .all: [.anywhere]
    }
  }

  private var capturesDNSInFamily: Bool { capturesDNS && !dnsDestinations.isEmpty }

  /// ISTIO_OUTPUT's rules for DNS over TCP, or its jump to ISTIO_OUTPUT_DNS.
  var dnsOverTCP: [Rule] {
    switch traits.dnsPlacement {
    case .builtinChains, .outputChain: dnsRedirects(.tcp)
    case .dnsChain:
      capturesDNSInFamily
        ? [Rule([], .jump(.istioOutputDNS), reason: "DNS questions are looked at for capture")] : []
    }
  }

  /// The rules that redirect DNS queries, for the chain of a placement.
  func dnsQueries(at placement: DNSPlacement) -> [Rule] {
    guard capturesDNS, placement == traits.dnsPlacement else { return [] }
    switch placement {
    case .builtinChains, .outputChain: return dnsOwnersOverUDP + dnsRedirects(.udp)
    case .dnsChain: return dnsRedirects(.tcp) + dnsRedirects(.udp)
    }
  }

  private func dnsRedirects(_ proto: IPProtocol) -> [Rule] {
    guard capturesDNS else { return [] }
    let query: [Match] =
      proto == .udp ? [.isUDP, .udpDestination(.dns)] : [.isTCP, .tcpDestination(.is(PortRange(.dns)))]
    return dnsDestinations.map {
      Rule(
        $0.asDestination + query, .redirect(to: .dnsProxy),
        reason: "DNS questions to \($0.words) go to the proxy's resolver on \(Port.dnsProxy)")
    }
  }

  /// The owner rules for UDP, which does not pass those of ISTIO_OUTPUT.
  private var dnsOwnersOverUDP: [Rule] {
    let query: [Match] = [.isUDP, .udpDestination(.dns)]
    let reason = "the proxy's own DNS questions leave untouched"
    return proxyOwners.map { Rule(query + [$0], .return, reason: reason) } + ownerGroups(among: query)
  }

  /// One match per user and group of the proxy.
  var proxyOwners: [Match] {
    configuration.proxyUsers.map { .user(.is($0)) } + configuration.proxyGroups.map { .group(.is($0)) }
  }
}

/// Conntrack zones for DNS: the app's queries and the proxy's own may have equal tuples and need separate zones.
extension RulesetBuilder {
  /// raw's rules for outbound packets, or the jump to their chain.
  func dnsZoneOutbound(at placement: DNSPlacement) -> [Rule] {
    guard capturesDNS else { return [] }
    if placement == traits.dnsPlacement { return dnsZoneQueries }
    switch (placement, traits.dnsPlacement) {
    case (.builtinChains, .outputChain):
      return [Rule([.isUDP], .jump(.istioOutput), reason: "outbound UDP is looked at for DNS")]
    case (.builtinChains, .dnsChain):
      return [Rule([], .jump(.istioOutputDNS), reason: "outbound packets are looked at for DNS")]
    case (.builtinChains, .builtinChains), (.outputChain, _), (.dnsChain, _): return []
    }
  }

  private var dnsZoneQueries: [Rule] {
    proxyOwners.flatMap { owner in
      [
        Rule(
          [.isUDP, .udpDestination(.dns), owner], .zone(.upstreamDNS),
          reason: "the proxy's own DNS questions: zone \(ConntrackZone.upstreamDNS)"),
        Rule(
          [.isUDP, .udpSource(.dnsProxy), owner], .zone(.applicationDNS),
          reason: "the proxy's answers to the app: zone \(ConntrackZone.applicationDNS)"),
      ]
    }
      + dnsDestinations.map {
        Rule(
          $0.asDestination + [.isUDP, .udpDestination(.dns)], .zone(.applicationDNS),
          reason: "the app's DNS questions to \($0.words): zone \(ConntrackZone.applicationDNS)")
      }
  }

  /// raw's rules for inbound packets, or the jump to their chain.
  func dnsZoneInbound(at placement: DNSPlacement) -> [Rule] {
    guard capturesDNSInFamily else { return [] }
    switch (placement, traits.dnsPlacement) {
    case (.builtinChains, .builtinChains), (.builtinChains, .outputChain), (.dnsChain, .dnsChain):
      return dnsZoneReplies
    case (.builtinChains, .dnsChain):
      return [Rule([], .jump(.istioInbound), reason: "inbound packets are looked at for DNS replies")]
    case (.outputChain, _), (.dnsChain, .builtinChains), (.dnsChain, .outputChain): return []
    }
  }

  private var dnsZoneReplies: [Rule] {
    dnsDestinations.map { server in
      let address = traits.dnsReplyAddress == .source ? server.asSource : server.asDestination
      return Rule(
        address + [.isUDP, .udpSource(.dns)], .zone(.upstreamDNS),
        reason: "replies of \(server.words) to the proxy: zone \(ConntrackZone.upstreamDNS)")
    }
  }
}

/// A destination of captured DNS queries.
enum DNSDestination {
  case anywhere
  case server(CIDR)

  var asDestination: [Match] {
    switch self {
    case .anywhere: []
    case .server(let block): [.destination(.is(block))]
    }
  }

  var asSource: [Match] {
    switch self {
    case .anywhere: []
    case .server(let block): [.source(.is(block))]
    }
  }

  var words: String {
    switch self {
    case .anywhere: "any server"
    case .server(let block): "\(block.network)"
    }
  }
}
