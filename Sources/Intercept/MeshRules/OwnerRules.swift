import NetworkValues
import RuleModel

/// Outbound connections by the socket's owner: the proxy, the app, groups.
extension RulesetBuilder {
  var proxyUsers: [Rule] {
    configuration.proxyUsers.flatMap { user in
      proxyOwner(
        is: .user(.is(user)), isNot: .user(.not(user)), called: "uid \(user)", sparesDNS: capturesDNS)
    }
  }

  var proxyGroups: [Rule] {
    configuration.proxyGroups.flatMap { group in
      proxyOwner(is: .group(.is(group)), isNot: .group(.not(group)), called: "gid \(group)", sparesDNS: false)
    }
  }

  /// The three rules for a user or group of the proxy. Istio exempts DNS for users and not for groups.
  private func proxyOwner(
    is owner: Match, isNot other: Match, called name: String, sparesDNS: Bool
  ) -> [Rule] {
    let selfCall = Rule(
      [.onLoopback, .destination(.not(loopback))] + selfCallPorts(sparesDNS: sparesDNS) + [owner],
      .jump(.istioInRedirect),
      reason:
        "the app called itself by a service address: the proxy (\(name)) goes in by the inbound listener")
    let local = Rule(
      [.onLoopback] + (capturesDNS ? [.isTCP, .tcpDestination(.not(PortRange(.dns)))] : []) + [other],
      .return,
      reason: "the app calls itself by the pod's own address: not captured")
    let own = Rule([owner], .return, reason: "the proxy's own traffic (\(name)) leaves untouched")
    return configuration.outboundCIDRs.namesLoopback ? [selfCall, own] : [selfCall, local, own]
  }

  /// The ports of the app's calls to itself that are not redirected to the inbound listener.
  private func selfCallPorts(sparesDNS: Bool) -> [Match] {
    let tunnel = configuration.inboundTunnelPort
    switch (traits.sparesTunnelPort, sparesDNS) {
    case (true, true): return [.isTCP, .multiport(.destinationIsNeither(.dns, tunnel))]
    case (true, false): return [.isTCP, .tcpDestination(.not(PortRange(tunnel)))]
    case (false, true): return [.isTCP, .tcpDestination(.not(PortRange(.dns)))]
    case (false, false): return []
    }
  }

  /// Rules for `ISTIO_OUTBOUND_OWNER_GROUPS` and `ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE`.
  var ownerGroups: [Rule] { ownerGroups(among: []) }

  /// The rules for owner groups, limited to packets that match `matches`.
  func ownerGroups(among matches: [Match]) -> [Rule] {
    switch configuration.ownerGroups {
    case .all(let excluded):
      excluded.map {
        Rule(
          matches + [.group(.is($0))], .return, reason: "connections of gid \($0) are excluded from capture")
      }
    case .only(let groups):
      [
        Rule(
          matches + groups.map { .group(.not($0)) }, .return,
          reason: "connections of other groups than those listed are not captured")
      ]
    }
  }
}
