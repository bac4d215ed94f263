import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads the options off live rules. What the rules do not tell keeps its default: the release and TPROXY's
  /// routing table.
  init(readOff live: LiveRules) {
    self.init()
    includesIPv6 = live.families.contains { $0.family == .ipv6 }
    readPorts(live)
    readOwners(live)
    readInbound(live)
    readOutbound(live)
    readInterfaces(live)
    readDNS(live)
    dropsInvalid = live.dropsInvalid
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
    guard captured.contains(where: { $0.conditions == [.proto(.is(.tcp))] }) else {
      // Behind an interface that is any, the native form has the chain and nothing that leads there.
      let isLookedAt =
        live.meanings(isRedirect ? .nat : .mangle, .prerouting).contains { $0.target == .jump(.istioInbound) }
        || !isRedirect && !live.rules(.mangle, .istioTproxy).isEmpty
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
}

extension LiveRules {
  /// Whether packets that belong to no connection are dropped, or there is the chain that does so.
  fileprivate var dropsInvalid: Bool {
    !rules(.mangle, .istioDrop).isEmpty
      || meanings(.mangle, .prerouting).contains {
        $0.conditions == [.state(.is(.invalid))] && [.drop, .jump(.istioDrop)].contains($0.target)
      }
  }
}
