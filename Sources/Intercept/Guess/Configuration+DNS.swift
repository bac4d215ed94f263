extension Configuration {
  /// Reads which DNS questions are captured off the redirects to the proxy's resolver, wherever a release has
  /// them.
  mutating func readDNS(_ live: LiveRules) {
    let chains: [ChainName] = [.output, .istioOutput, .istioOutputDNS]
    let redirects = live.families.flatMap { family in
      chains.flatMap { family[.nat, $0]?.rules.map(Meaning.init) ?? [] }
        .filter { $0.redirectPort == .proxyDNS && $0.facts.contains(.proto(.is(.udp))) }
    }
    if redirects.contains(where: { $0.destination == nil }) {
      dns = .all
    } else if !redirects.isEmpty {
      dns = .servers(redirects.compactMap(\.destination?.network))
    } else if live.setsZones {
      dns = .servers([])
    }
  }
}

extension Meaning {
  /// The block of addresses that packets must go to.
  fileprivate var destination: CIDR? {
    facts.lazy.compactMap { fact in
      if case .destination(.is(let block)) = fact { block } else { nil }
    }.first
  }
}

extension LiveRules {
  /// Whether the proxy's own DNS questions have a zone, as up to 1.24 even where no server is known.
  fileprivate var setsZones: Bool {
    [ChainName.output, .istioOutput].contains { chain in
      meanings(.raw, chain).contains { $0.target == .zone(.upstreamDNS) }
    }
  }
}
