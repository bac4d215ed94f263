import NetworkValues
import RuleModel

/// Outbound connections: capture by the proxy's outbound listener.
extension RulesetBuilder {
  /// The jumps from OUTPUT to ISTIO_OUTPUT.
  var outputJump: [Rule] {
    if traits.outputTakesEveryProtocol {
      return [Rule([], .jump(.istioOutput), reason: "outbound traffic is looked at for capture")]
    }
    let tcp = Rule([.isTCP], .jump(.istioOutput), reason: "outbound TCP is looked at for capture")
    let udp = Rule([.isUDP], .jump(.istioOutput), reason: "outbound UDP is looked at for DNS questions")
    return capturesDNS && traits.dnsPlacement == .outputChain ? [tcp, udp] : [tcp]
  }

  var outboundRedirect: [Rule] {
    [
      Rule(
        [.isTCP], .redirect(to: configuration.proxyPort),
        reason: "to the proxy's outbound listener on \(configuration.proxyPort)")
    ]
  }

  var excludedOutboundPorts: [Rule] {
    configuration.excludedOutboundPorts.flatMap { port in
      let reason = "outbound \(port.words) is excluded from capture"
      let tcp = Rule([.isTCP, .tcpDestination(.is(port))], .return, reason: reason)
      let udp = Rule([.isUDP, .udp(UDPMatch(destination: .is(port)))], .return, reason: reason)
      return traits.excludesUDPPorts ? [tcp, udp] : [tcp]
    }
  }

  var passthroughSource: [Rule] {
    [
      Rule(
        [.source(.is(passthrough)), .onLoopback], .return,
        reason: "the proxy hands an inbound connection to the app, from \(passthrough.network)")
    ]
  }

  var loopbackDestination: [Rule] {
    [
      Rule(
        [.destination(.is(loopback))], .return,
        reason: "the app calls itself by \(loopback.isHost ? "\(loopback.network)" : "\(loopback)")")
    ]
  }

  var excludedOutboundCIDRs: [Rule] {
    ofFamily(configuration.excludedOutboundCIDRs).map {
      Rule([.destination(.is($0))], .return, reason: reason($0, " are excluded from capture"))
    }
  }

  var includedOutboundPorts: [Rule] {
    configuration.outboundPorts.map {
      Rule(
        [.isTCP, .tcpDestination(.is($0))], .jump(.istioRedirect),
        reason: "outbound \($0.words) is captured whatever the destination")
    }
  }

  var includedOutboundCIDRs: [Rule] {
    switch configuration.outboundCIDRs {
    case .all:
      return [Rule([], .jump(.istioRedirect), reason: "every other outbound connection: to the proxy")]
    case .only(let blocks):
      let included = ofFamily(blocks.map(\.block)).map {
        Rule([.destination(.is($0))], .jump(.istioRedirect), reason: reason($0, ": to the proxy"))
      }
      return included.isEmpty ? [] : included + endOfOutput
    }
  }

  /// A reason about a block, allocated once: there may be thousands.
  private func reason(_ block: CIDR, _ fate: String) -> String {
    var reason = ""
    reason.reserveCapacity(64)
    reason += "destinations in "
    reason += block.description
    reason += fate
    return reason
  }

  private var endOfOutput: [Rule] {
    guard traits.endsOutputWithReturn else { return [] }
    return [Rule([], .return, reason: "every other destination is left alone")]
  }
}
