import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Infers the options from live rules. The release and TPROXY's routing table keep their defaults, because
  /// no rule shows them.
  init(inferredFrom live: InstalledRules) {
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

  private mutating func readPorts(_ live: InstalledRules) {
    proxyPort = live.normalizedRules(.nat, .istioRedirect).lazy.compactMap(\.redirectPort).first ?? proxyPort
    inboundCapturePort =
      live.normalizedRules(.nat, .istioInRedirect).lazy.compactMap(\.redirectPort).first ?? inboundCapturePort
    inboundTunnelPort = live.tunnelPort ?? inboundTunnelPort
  }

  private mutating func readInbound(_ live: InstalledRules) {
    if let mark = live.tproxyMark { interception = .tproxy(mark: mark, table: 133) }
    let isRedirect = interception == .redirect
    let rules = live.normalizedRules(isRedirect ? .nat : .mangle, .istioInbound)
    let captured = rules.with(.jump(isRedirect ? .istioInRedirect : .istioTproxy))
    guard captured.contains(where: { $0.conditions == [.proto(.is(.tcp))] }) else {
      // If every interface is excluded, the nftables form has the chain but no jump to it.
      let isReached =
        live.normalizedRules(isRedirect ? .nat : .mangle, .prerouting).contains {
          $0.target == .jump(.istioInbound)
        }
        || !isRedirect && !live.rules(.mangle, .istioTproxy).isEmpty
      inboundPorts = isReached || !captured.isEmpty ? .only(captured.compactMap(\.onlyTCPPorts)) : .none
      return
    }
    var excluded = rules.with(.return).compactMap(\.onlyTCPPorts)
    // The first exclusion is the tunnel's, whatever the options exclude.
    if isRedirect, let tunnel = excluded.firstIndex(of: PortRange(inboundTunnelPort)) {
      excluded.remove(at: tunnel)
    }
    inboundPorts = .all(except: excluded)
  }
}

extension InstalledRules {
  /// True if packets without a connection are dropped, or the chain for that exists.
  fileprivate var dropsInvalid: Bool {
    !rules(.mangle, .istioDrop).isEmpty
      || normalizedRules(.mangle, .prerouting).contains {
        $0.conditions == [.state(.is(.invalid))] && [.drop, .jump(.istioDrop)].contains($0.target)
      }
  }
}

extension Configuration {
  /// Reads excluded and virtual interfaces from the built-in chains of nat.
  mutating func readInterfaces(_ live: InstalledRules) {
    let output = live.normalizedRules(.nat, .output).prefix { $0.target.destination != .istioOutput }
    excludedInterfaces = output.with(.return).compactMap(\.onlyOutInterface)
    let prerouting = live.normalizedRules(.nat, .prerouting).prefix { $0.target.destination != .istioInbound }
    let captured = live.families.flatMap { $0.normalizedRules(.nat, .prerouting).with(.jump(.istioRedirect)) }
    virtualInterfaces = virtual(
      prerouting.with(.return).compactMap(\.onlyInInterface), Set(captured.map(\.inInterface)))
  }

  /// KubeVirt's interfaces among the inbound exclusions. They are inserted before the excluded interfaces,
  /// each before the previous one, and either all or none of them are captured as well.
  private func virtual(
    _ inbound: [InterfacePattern], _ captured: Set<InterfacePattern>
  ) -> [InterfacePattern] {
    let count = (0...inbound.count).first { count in
      let (front, rest) = (inbound[..<count], Array(inbound[count...]))
      return captured.isSubset(of: front)
        && (rest == excludedInterfaces || rest == excludedInterfaces.notCovered(by: front))
    }
    return (count.map { inbound[..<$0] } ?? inbound.dropLast(excludedInterfaces.count)).reversed()
  }
}

extension [InterfacePattern] {
  /// The interfaces for which the nftables form has rules after `others`: it omits repeated ones.
  fileprivate func notCovered(by others: ArraySlice<InterfacePattern>) -> [InterfacePattern] {
    others.contains(.everything) ? [] : filter { !others.contains($0) }
  }
}
