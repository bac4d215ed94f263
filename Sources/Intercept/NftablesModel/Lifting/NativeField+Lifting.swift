import NetworkValues
import RuleModel

extension NativeField {
  /// The corresponding iptables matches: lists in which one match must hold for a packet.
  ///
  /// - Parameters:
  ///   - matches: the rule's matches before the field, among them the protocol of a port.
  ///   - needsOwner: true if no other match requires an owner.
  ///   - joinsPorts: true for a table of iptables, where `nft` prints `-m multiport` as a set of ports.
  func lifted(
    _ condition: Condition<RangeSet>, after matches: [Match], needsOwner: Bool, joinsPorts: Bool
  ) -> [[Match]] {
    switch condition {
    case .is(let values):
      if joinsPorts, let ports = multiport(.is(values)) { return [ports] }
      return values.ranges.flatMap { pieces($0).map { [match(.is($0), matches, false)] } }
    case .not(let values):
      return [
        multiport(condition)
          ?? values.ranges.flatMap { pieces($0).map { match(.not($0), matches, needsOwner) } }
      ]
    }
  }

  /// `-m multiport --dports`; nil for another field, a single range, or too many ports.
  private func multiport(_ condition: Condition<RangeSet>) -> [Match]? {
    guard isPort, condition.value.single == nil else { return nil }
    let side = self == .sourcePort ? MultiportMatch.Side.source : .destination
    return MultiportMatch(side, condition.map(\.ports)).map { [.multiport($0)] }
  }

  /// The parts of a range, each one match of iptables.
  private func pieces(_ range: ClosedRange<UInt128>) -> [ClosedRange<UInt128>] {
    switch self {
    case .source, .destination: range.blocks(ofBits: bits)
    case .proto: (range.lowerBound...min(range.upperBound, greatest)).map { $0...$0 }
    case .sourcePort, .destinationPort, .user, .group: [range]
    }
  }

  private func match(
    _ range: Condition<ClosedRange<UInt128>>, _ matches: [Match], _ needsOwner: Bool
  ) -> Match {
    switch self {
    case .source(let family): .source(range.map { CIDR($0, family) })
    case .destination(let family): .destination(range.map { CIDR($0, family) })
    case .proto: .proto(range.map { IPProtocol(rawValue: UInt8(truncatingIfNeeded: $0.lowerBound)) })
    case .sourcePort: Match.ports(.source, range.map { PortRange($0) }, after: matches)
    case .destinationPort: Match.ports(.destination, range.map { PortRange($0) }, after: matches)
    case .user: .owner(range, of: needsOwner) { OwnerMatch(user: $0, socketExists: $1) }
    case .group: .owner(range, of: needsOwner) { OwnerMatch(group: $0, socketExists: $1) }
    }
  }
}

extension Match {
  fileprivate static func ports(
    _ side: MultiportMatch.Side, _ ports: Condition<PortRange>, after matches: [Match]
  ) -> Match {
    let (source, destination) = side == .source ? (ports, nil) : (nil, ports)
    if matches.contains(.proto(.is(.tcp))) { return .tcp(TCPMatch(source: source, destination: destination)) }
    if matches.contains(.proto(.is(.udp))) { return .udp(UDPMatch(source: source, destination: destination)) }
    return MultiportMatch(side, ports.map { [$0] }).map { .multiport($0) }
      ?? .opaque(OpaqueMatch("nft th port \(ports.value.text)"))
  }

  fileprivate static func owner<ID: OwnerID>(
    _ range: Condition<ClosedRange<UInt128>>, of needsOwner: Bool,
    _ make: (Condition<ClosedRange<ID>>, Bool?) -> OwnerMatch?
  ) -> Match {
    guard let first = ID(rawValue: UInt32(truncatingIfNeeded: range.value.lowerBound)),
      let last = ID(rawValue: UInt32(truncatingIfNeeded: range.value.upperBound)),
      let owners = ClosedRange(from: first, to: last),
      let match = make(range.map { _ in owners }, needsOwner ? true : nil)
    else { return .opaque(OpaqueMatch("nft owner \(range.value.lowerBound)-\(range.value.upperBound)")) }
    return .owner(match)
  }
}
