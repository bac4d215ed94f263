extension Configuration {
  /// Reads the options off live rules. What the rules do not tell keeps its default: the release and TPROXY's
  /// routing table.
  init(readOff live: LiveRules) {
    self.init()
    includesIPv6 = live.families.contains { $0.family == .ipv6 }
    readPorts(live)
    readOwners(live)
    readInbound(live)
    readInterfaces(live)
    readOutbound(live)
    readDNS(live)
    dropsInvalid = live.meanings(.mangle, .prerouting).contains {
      $0.facts == [.state(.is(.invalid))] && [.drop, .jump(.istioDrop)].contains($0.target)
    }
  }

  private mutating func readPorts(_ live: LiveRules) {
    proxyPort = live.meanings(.nat, .istioRedirect).lazy.compactMap(\.redirectPort).first ?? proxyPort
    inboundCapturePort =
      live.meanings(.nat, .istioInRedirect).lazy.compactMap(\.redirectPort).first ?? inboundCapturePort
    inboundTunnelPort =
      live.meanings(.nat, .istioInbound).first?.onlyTCPPorts?.single ?? inboundTunnelPort
  }

  private mutating func readInbound(_ live: LiveRules) {
    if let mark = live.tproxyMark { interception = .tproxy(mark: mark, table: 133) }
    let rules: [Meaning]
    let capture: Target
    switch interception {
    case .redirect:
      rules = Array(live.meanings(.nat, .istioInbound).dropFirst())
      capture = .jump(.istioInRedirect)
    case .tproxy:
      rules = live.meanings(.mangle, .istioInbound)
      capture = .jump(.istioTproxy)
    }
    let captured = rules.with(capture)
    let isEverything = captured.contains { $0.facts == [.proto(.is(.tcp))] }
    inboundPorts =
      isEverything
      ? .all(except: rules.with(.return).compactMap(\.onlyTCPPorts))
      : .only(captured.compactMap(\.onlyTCPPorts))
  }

  private mutating func readInterfaces(_ live: LiveRules) {
    excludedInterfaces = live.meanings(.nat, .output).with(.return).compactMap(\.onlyOutInterface)
    // KubeVirt's are put in front, each before the last.
    let inbound = live.meanings(.nat, .prerouting).with(.return).compactMap(\.onlyInInterface)
    virtualInterfaces = inbound.dropLast(excludedInterfaces.count).reversed()
  }

  private mutating func readOutbound(_ live: LiveRules) {
    let rules = live.meanings(.nat, .istioOutput)
    let spared = rules.with(.return)
    outboundPorts = rules.with(.jump(.istioRedirect)).compactMap(\.onlyTCPPorts)
    excludedOutboundPorts = spared.compactMap(\.onlyTCPPorts)
    let captured = live.meaningsOfAll(.nat, .istioOutput).with(.jump(.istioRedirect))
    outboundCIDRs =
      captured.contains { $0.facts.isEmpty } ? .all : .only(captured.compactMap(\.onlyDestination))
    // The first destination let go is the app itself.
    let destinations = live.families.map { family in
      (family[.nat, .istioOutput]?.rules ?? []).map(Meaning.init).with(.return).compactMap(\.onlyDestination)
    }
    excludedOutboundCIDRs = destinations.flatMap { $0.dropFirst() }
    loopbackCIDR = destinations.lazy.compactMap(\.first).first { $0.family == .ipv4 } ?? loopbackCIDR
  }
}

extension LiveRules {
  /// The mark by which TPROXY's rules know packets of the proxy; nil if there are none.
  fileprivate var tproxyMark: Mark? {
    let saved = meanings(.mangle, .prerouting).with(.connmark(.save())).lazy.flatMap(\.facts)
    let restored = meanings(.mangle, .output).with(.connmark(.restore())).lazy.flatMap(\.facts)
    return (Array(saved) + restored).lazy.compactMap { fact in
      switch fact {
      case .mark(.is(let mark)), .connmark(.is(let mark)): mark.value
      default: nil
      }
    }.first
  }
}
