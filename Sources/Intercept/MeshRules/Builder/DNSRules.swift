import NetworkValues
import RuleModel

/// DNS: which questions go to the proxy's resolver.
extension RulesetBuilder {
  /// Where DNS rules can stand; each release uses its own place.
  enum DNSPlace {
    case builtin, outputChain, ownChain
  }

  private var dnsPlace: DNSPlace {
    switch traits.dnsPlacement {
    case .builtinChains: .builtin
    case .outputChain: .outputChain
    case .dnsChain: .ownChain
    }
  }

  /// Whether DNS is captured, as far as the release goes along.
  var capturesDNS: Bool {
    switch configuration.dns {
    case .none: false
    case .servers(let servers): !servers.isEmpty || traits.capturesDNSWithoutServers
    case .all: true
    }
  }

  /// The destinations whose DNS is captured in this family: one per server, or one that is anywhere.
  private var dnsDestinations: [DNSDestination] {
    switch configuration.dns {
    case .none: []
    case .servers(let servers):
      servers.filter { $0.family == family }.map { .server(CIDR(host: $0)) }
    case .all: [.anywhere]
    }
  }

  private var capturesDNSInFamily: Bool { capturesDNS && !dnsDestinations.isEmpty }

  /// ISTIO_OUTPUT's rules for DNS over TCP, or the jump to the chain that has them.
  var dnsOverTCP: [Rule] {
    switch dnsPlace {
    case .builtin, .outputChain: dnsRedirects(.tcp)
    case .ownChain:
      capturesDNSInFamily
        ? [Rule([], .jump(.istioOutputDNS), reason: "DNS questions are looked at for capture")] : []
    }
  }

  /// The rules that redirect DNS questions, for the chain at one of the places.
  func dnsQuestions(at place: DNSPlace) -> [Rule] {
    guard capturesDNS, place == dnsPlace else { return [] }
    switch place {
    case .builtin, .outputChain: return dnsOwnersOverUDP + dnsRedirects(.udp)
    case .ownChain: return dnsRedirects(.tcp) + dnsRedirects(.udp)
    }
  }

  private func dnsRedirects(_ proto: IPProtocol) -> [Rule] {
    guard capturesDNS else { return [] }
    let question: [Match] =
      proto == .udp ? [.isUDP, .udpDestination(.dns)] : [.isTCP, .tcpDestination(.is(PortRange(.dns)))]
    return dnsDestinations.map {
      Rule(
        $0.asDestination + question, .redirect(to: .dnsProxy),
        reason: "DNS questions to \($0.words) go to the proxy's resolver on \(Port.dnsProxy)")
    }
  }

  /// Who is left alone where UDP does not pass the rules about owners.
  private var dnsOwnersOverUDP: [Rule] {
    let question: [Match] = [.isUDP, .udpDestination(.dns)]
    let reason = "the proxy's own DNS questions leave untouched"
    return proxyOwners.map { Rule(question + [$0], .return, reason: reason) } + ownerGroups(among: question)
  }

  /// One match for each user and group the proxy runs as.
  var proxyOwners: [Match] {
    configuration.proxyUsers.map { .user(.is($0)) } + configuration.proxyGroups.map { .group(.is($0)) }
  }
}

/// Conntrack zones for DNS: the app's questions and the proxy's own, which may look alike, never meet.
extension RulesetBuilder {
  /// raw's rules for packets that leave, or the jump to the chain that has them.
  func dnsZoneOutbound(at place: DNSPlace) -> [Rule] {
    guard capturesDNS else { return [] }
    if place == dnsPlace { return dnsZoneQuestions }
    switch (place, dnsPlace) {
    case (.builtin, .outputChain):
      return [Rule([.isUDP], .jump(.istioOutput), reason: "outbound UDP is looked at for DNS")]
    case (.builtin, .ownChain):
      return [Rule([], .jump(.istioOutputDNS), reason: "outbound packets are looked at for DNS")]
    default: return []
    }
  }

  private var dnsZoneQuestions: [Rule] {
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

  /// raw's rules for packets that arrive, or the jump to the chain that has them.
  func dnsZoneInbound(at place: DNSPlace) -> [Rule] {
    guard capturesDNSInFamily else { return [] }
    switch (place, traits.dnsPlacement) {
    case (.builtin, .builtinChains), (.builtin, .outputChain), (.ownChain, .dnsChain): return dnsZoneReplies
    case (.builtin, .dnsChain):
      return [Rule([], .jump(.istioInbound), reason: "inbound packets are looked at for DNS replies")]
    default: return []
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

/// Where DNS questions go that are captured.
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
