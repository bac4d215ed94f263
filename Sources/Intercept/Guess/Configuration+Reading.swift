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
    inboundTunnelPort = live.tunnelPort ?? inboundTunnelPort
  }

  private mutating func readInbound(_ live: LiveRules) {
    if let mark = live.tproxyMark { interception = .tproxy(mark: mark, table: 133) }
    let isRedirect = interception == .redirect
    let rules = live.meanings(isRedirect ? .nat : .mangle, .istioInbound)
    let captured = rules.with(.jump(isRedirect ? .istioInRedirect : .istioTproxy))
    guard captured.contains(where: { $0.facts == [.proto(.is(.tcp))] }) else {
      let isLookedAt = live.meanings(isRedirect ? .nat : .mangle, .prerouting).contains {
        $0.target == .jump(.istioInbound)
      }
      inboundPorts = isLookedAt || !captured.isEmpty ? .only(captured.compactMap(\.onlyTCPPorts)) : .none
      return
    }
    var spared = rules.with(.return).compactMap(\.onlyTCPPorts)
    // The first one is the tunnel's, whatever else was asked for.
    if isRedirect, let tunnel = spared.firstIndex(of: PortRange(inboundTunnelPort)) {
      spared.remove(at: tunnel)
    }
    inboundPorts = .all(except: spared)
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
    loopbackCIDR = live.loopback ?? loopbackCIDR
    excludedOutboundCIDRs = live.families.flatMap { family in
      let rules = (family[.nat, .istioOutput]?.rules ?? []).map(Meaning.init)
      let destinations = rules.with(.return).compactMap(\.onlyDestination)
      // The first one is the app itself.
      return destinations.dropFirst(destinations.first?.network.isLoopback == true ? 1 : 0)
    }
  }
}
