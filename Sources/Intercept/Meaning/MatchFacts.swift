extension Match {
  /// What the match says of a packet; nothing for words to the reader.
  var facts: [Fact] {
    switch self {
    case .source(let block): [.source(block)]
    case .destination(let block): [.destination(block)]
    case .inInterface(let name): [.inInterface(name)]
    case .outInterface(let name): [.outInterface(name)]
    case .proto(let proto): [.proto(proto)]
    case .tcp(let match): ports(of: .tcp, match.source, match.destination)
    case .udp(let match): ports(of: .udp, match.source, match.destination)
    case .multiport(let match): [match.fact]
    case .owner(let match): match.facts
    case .mark(let match): [.mark(match.mark)]
    case .connmark(let match): [.connmark(match.mark)]
    case .conntrack(let match): [.state(match.state)]
    case .comment: []
    case .opaque(let match): [.opaque(match.text)]
    }
  }

  /// The kernel takes `-m tcp` beside `-p tcp` only, so the match says the protocol too.
  private func ports(
    of proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?
  ) -> [Fact] {
    [.proto(.is(proto))]
      + (source.map { [.sourcePort($0.map(PortSet.init))] } ?? [])
      + (destination.map { [.destinationPort($0.map(PortSet.init))] } ?? [])
  }
}

extension MultiportMatch {
  fileprivate var fact: Fact {
    let set = ports.map(PortSet.init)
    return switch side {
    case .source: .sourcePort(set)
    case .destination: .destinationPort(set)
    case .either: .eitherPort(set)
    }
  }
}

extension OwnerMatch {
  fileprivate var facts: [Fact] {
    (socketExists.map { [.socket(exists: $0.holds { $0 })] } ?? [])
      + (user.map { [.user($0)] } ?? [])
      + (group.map { [.group($0)] } ?? [])
  }
}
