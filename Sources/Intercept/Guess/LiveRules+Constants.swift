/// What the rules of every configuration have in common, read off where they mention it.
extension LiveRules {
  /// The port of the tunnel: from the self-calls that spare it, else the first port that inbound capture spares.
  var tunnelPort: Port? {
    let spared = meanings(.nat, .istioOutput).with(.jump(.istioInRedirect)).flatMap(\.sparedPorts)
    let inbound = meanings(.nat, .istioInbound).with(.return).compactMap { $0.onlyTCPPorts?.single }
    let first = inbound.first { !Self.neverTunnels.contains($0) }
    return Mentions(spared.filter { $0 != .dns }).leading ?? first
  }

  /// What the injector has excluded from capture: the agent's and Envoy's ports for metrics and health.
  private static let neverTunnels: Set<Port> = [15020, 15021, 15090]

  /// The IPv4 block that means the app itself.
  var loopback: CIDR? {
    let output = families.first { $0.family == .ipv4 }?[.nat, .istioOutput]?.rules ?? []
    let mentioned = output.flatMap(\.orderedFacts).compactMap { fact in
      if case .destination(let block) = fact { block.value } else { nil }
    }
    return Mentions(mentioned.filter(\.network.isLoopback)).leading
  }

  /// The mark by which TPROXY's rules know packets of the proxy; nil if there are none.
  var tproxyMark: Mark? {
    let saved = meanings(.mangle, .prerouting).with(.connmark(.save()))
    let restored = meanings(.mangle, .output).with(.connmark(.restore()))
    return (saved + restored).lazy.flatMap(\.facts).compactMap(\.mark).first
  }
}

extension Meaning {
  /// The destination ports that the rule is not about.
  fileprivate var sparedPorts: [Port] {
    facts.flatMap { fact in
      if case .destinationPort(.not(let ports)) = fact { ports.ranges.compactMap(\.single) } else { [Port]() }
    }
  }
}

extension Fact {
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
