import NetworkValues
import RuleModel

extension PacketConditions {
  /// The conditions of the matches of an iptables rule.
  ///
  /// - Throws: if a match has no native form.
  init(_ matches: [Match], _ family: IPFamily) throws(NativeFormError) {
    for match in matches { try require(match, family) }
  }

  private mutating func require(_ match: Match, _ family: IPFamily) throws(NativeFormError) {
    switch match {
    case .source(let block): require(.source(family), block.map { RangeSet($0) })
    case .destination(let block): require(.destination(family), block.map { RangeSet($0) })
    case .inInterface(let name): require(.inInterface(name), of: name)
    case .outInterface(let name): require(.outInterface(name), of: name)
    case .proto(let proto): require(.proto, proto.map { RangeSet(UInt128($0.rawValue)) })
    case .tcp(let match): try require(match)
    case .udp(let match): requirePorts(.udp, match.source, match.destination)
    case .multiport(let match): try require(match)
    case .owner(let match): try require(match)
    case .mark(let match): try require(.mark(match.mark), match.mark, "-m mark")
    case .connmark(let match): try require(.connectionMark(match.mark), match.mark, "-m connmark")
    case .conntrack(let match):
      guard let state = match.state, match == ConntrackMatch(state: state) else {
        throw .noForm(Match.conntrack(match).iptablesText)
      }
      try require(state)
    case .state(let match): try require(match.state)
    case .addressType(let match): throw .noForm(Match.addressType(match).iptablesText)
    case .comment: break
    case .opaque(let match): throw .noForm(match.text)
    }
  }

  /// Negating the wildcard `+` matches nothing; a `Rule` has no `+` without negation.
  private mutating func require(_ match: NativeMatch, of name: Condition<InterfacePattern>) {
    if name.value.isEverything { requireTheImpossible() } else { require(match) }
  }

  private mutating func require(_ match: TCPMatch) throws(NativeFormError) {
    guard match.option == nil, match.flags == nil else { throw .noForm(Match.tcp(match).iptablesText) }
    requirePorts(.tcp, match.source, match.destination)
  }

  private mutating func requirePorts(
    _ proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?
  ) {
    require(.proto, .is(RangeSet(UInt128(proto.rawValue))))
    if let source { require(.sourcePort, source.map { RangeSet(ports: $0) }) }
    if let destination { require(.destinationPort, destination.map { RangeSet(ports: $0) }) }
  }

  private mutating func require(_ match: MultiportMatch) throws(NativeFormError) {
    let ports = match.ports.map { RangeSet(ports: $0) }
    switch match.side {
    case .source: require(.sourcePort, ports)
    case .destination: require(.destinationPort, ports)
    case .either:
      // One rule can require that neither field matches, but not that one of them does.
      guard ports.isNegated else { throw .noForm(Match.multiport(match).iptablesText) }
      require(.sourcePort, ports)
      require(.destinationPort, ports)
    }
  }

  private mutating func require(_ match: OwnerMatch) throws(NativeFormError) {
    guard match.socketExists == nil, !match.includesSupplementaryGroups else {
      throw .noForm(Match.owner(match).iptablesText)
    }
    if let user = match.user { require(.user, user.map { RangeSet($0) }) }
    if let group = match.group { require(.group, group.map { RangeSet($0) }) }
  }

  private mutating func require(
    _ match: NativeMatch, _ mark: Condition<MaskedMark>, _ name: String
  ) throws(NativeFormError) {
    let (value, mask) = (mark.value.value.rawValue, mark.value.mask.rawValue)
    guard mask != 0, value & ~mask == 0 else {
      throw .noForm(
        "\(name) --mark \(mark.value.fullText)", "the mark has bits outside of its mask, or the mask is 0")
    }
    require(match)
  }

  private mutating func require(_ state: Condition<ConntrackState>) throws(NativeFormError) {
    let known: ConntrackState = [.invalid, .established, .related, .new, .untracked]
    let isNative = state.value.isSubset(of: known) && !state.value.isEmpty
    // nft negates a single state and a set of states in different ways.
    guard isNative, !state.isNegated || state.value.rawValue.nonzeroBitCount == 1 else {
      throw .noForm("\(state.isNegated ? "! " : "")--ctstate \(state.value)")
    }
    require(.state(state))
  }
}
