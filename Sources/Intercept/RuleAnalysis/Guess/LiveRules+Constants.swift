import MeshRules
import NetworkValues
import RuleModel

/// What the rules of every configuration have in common, read off where they mention it.
extension LiveRules {
  /// The port of the tunnel: from the self-calls that spare it, else the first port that inbound capture spares.
  var tunnelPort: Port? {
    let spared = meanings(.nat, .istioOutput).with(.jump(.istioInRedirect)).flatMap(\.sparedPorts)
    return Mentions(spared.filter { $0 != .dns }).leading ?? firstSparedPort
  }

  private var firstSparedPort: Port? {
    let spared = meanings(.nat, .istioInbound).with(.return).compactMap(\.onlyTCPPorts)
    // With the injector's exclusions in the front it is the tunnel's rule that is missing.
    let isMissing = spared.prefix(3) == Self.excludedByInjector[...]
    return isMissing ? nil : spared.first?.single
  }

  /// The ports that the injector excludes from capture, in its order: the agent's and Envoy's for metrics and health.
  private static let excludedByInjector = [.envoyMetrics, .envoyReadiness, .agentStatus].map { PortRange($0) }

  /// The IPv4 block that means the app itself: that of every self-call, and the first destination left alone.
  var loopback: CIDR? {
    let output = families.first { $0.family == .ipv4 }?.meanings(.nat, .istioOutput) ?? []
    let selfCalls = output.with(.jump(.istioInRedirect)).flatMap(\.conditions).compactMap(\.sparedDestination)
    let first = output.with(.return).lazy.compactMap(\.onlyDestination).first
    return Mentions((selfCalls + (first.map { [$0] } ?? [])).filter(\.network.isLoopback)).leading
  }

  /// The mark by which TPROXY's rules know packets of the proxy; nil if there are none.
  var tproxyMark: Mark? {
    let saved = meanings(.mangle, .prerouting).with(.connmark(.save()))
    let restored = meanings(.mangle, .output).with(.connmark(.restore()))
    let guards = meanings(.mangle, .istioInbound).with(.return)
    return (saved + restored + guards).lazy.flatMap(\.conditions).compactMap(\.mark).first
  }
}

extension NormalizedRule {
  /// The destination ports that the rule is not about.
  fileprivate var sparedPorts: [Port] {
    conditions.flatMap { fact in
      // Two neighbours are a range.
      if case .destinationPort(.not(let ports)) = fact {
        ports.ports.flatMap { [$0.lowerBound, $0.upperBound] }
      } else {
        [Port]()
      }
    }
  }
}

extension RuleCondition {
  /// The destination that packets must not have.
  fileprivate var sparedDestination: CIDR? {
    if case .destination(.not(let block)) = self { block } else { nil }
  }

  /// The mark that a packet or its connection must have.
  fileprivate var mark: Mark? {
    switch self {
    case .mark(.is(let mark)), .connmark(.is(let mark)): mark.value
    case .mark, .connmark, .source, .destination, .inInterface, .outInterface, .proto, .sourcePort,
      .destinationPort, .eitherPort, .user, .group, .socket, .state, .opaque:
      nil
    }
  }
}
