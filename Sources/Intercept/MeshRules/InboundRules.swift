import NetworkValues
import RuleModel

/// Inbound connections: capture by the proxy's inbound listener.
extension RulesetBuilder {
  /// The table of the inbound rules.
  private var inboundTable: TableName {
    switch configuration.interception {
    case .redirect: .nat
    case .tproxy: .mangle
    }
  }

  func inboundJump(in table: TableName) -> [Rule] {
    guard table == inboundTable, !configuration.inboundPorts.isNone else { return [] }
    return [Rule([.isTCP], .jump(.istioInbound), reason: "inbound TCP is looked at for capture")]
  }

  var tunnelPort: [Rule] {
    [
      Rule(
        [.isTCP, .tcpDestination(.is(PortRange(configuration.inboundTunnelPort)))], .return,
        reason: "the tunnel port \(configuration.inboundTunnelPort) is the proxy's own: not captured")
    ]
  }

  var inboundRedirect: [Rule] {
    [
      Rule(
        [.isTCP], .redirect(to: configuration.inboundCapturePort),
        reason: "to the proxy's inbound listener on \(configuration.inboundCapturePort)")
    ]
  }

  func inboundPorts(in table: TableName) -> [Rule] {
    guard table == inboundTable else { return [] }
    switch configuration.inboundPorts {
    case .none: return []
    case .all(let excluded):
      return excluded.map(excludedInboundPort) + captureInbound([.isTCP], "every other inbound connection")
    case .only(let ports):
      return ports.flatMap {
        captureInbound([.isTCP, .tcpDestination(.is($0))], "inbound connections to \($0.words)")
      }
    }
  }

  private func excludedInboundPort(_ port: PortRange) -> Rule {
    Rule(
      [.isTCP, .tcpDestination(.is(port))], .return,
      reason: "inbound \(port.words) is excluded from capture")
  }

  /// The rules that deliver packets to the inbound listener; `subject` names the packets in reasons.
  private func captureInbound(_ matches: [Match], _ subject: String) -> [Rule] {
    switch configuration.interception {
    case .redirect:
      [Rule(matches, .jump(.istioInRedirect), reason: "\(subject): to the proxy")]
    case .tproxy:
      [
        Rule(
          matches + [.conntrack(ConntrackMatch(state: .is([.related, .established])))], .jump(.istioDivert),
          reason: "\(subject), already under way: on to the socket that has them"),
        Rule(matches, .jump(.istioTproxy), reason: "\(subject): to the proxy"),
      ]
    }
  }
}

/// Packets in conntrack state INVALID: dropped before the host answers them with a reset.
extension RulesetBuilder {
  var dropInvalid: [Rule] {
    guard configuration.dropsInvalid else { return [] }
    return [
      Rule(
        [.conntrack(ConntrackMatch(state: .is(.invalid)))], traits.dropsInChain ? .jump(.istioDrop) : .drop,
        reason: "packets that belong to no connection are dropped")
    ]
  }

  /// ISTIO_DROP.
  var dropChain: [Rule] {
    guard configuration.dropsInvalid, traits.dropsInChain else { return [] }
    return [Rule([], .drop, reason: "the packet belongs to no connection")]
  }
}

extension PortRange {
  /// The range in a reason: `port 80`, `ports 8000:8100`.
  var words: String { single == nil ? "ports \(text)" : "port \(text)" }
}
