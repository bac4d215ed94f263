package import NetworkValues
import RuleModel

extension NativeField {
  /// The iptables matches that ask the same, in several ways each of which is enough.
  ///
  /// - Parameters:
  ///   - way: the matches before it, among them the protocol whose ports are meant.
  ///   - needsOwner: whether no other match asks for an owner.
  func lifted(
    _ condition: Condition<NativeValues>, behind way: [Match], needsOwner: Bool
  ) -> [[Match]] {
    switch condition {
    case .is(let values): values.ranges.flatMap { pieces($0).map { [match(.is($0), way, false)] } }
    case .not(let values):
      [
        multiport(without: values)
          ?? values.ranges.flatMap { pieces($0).map { match(.not($0), way, needsOwner) } }
      ]
    }
  }

  /// Several ports at once, as Istio's rules leave them out; nil if it is not ports, or they are too many.
  private func multiport(without values: NativeValues) -> [Match]? {
    guard isPort, values.single == nil else { return nil }
    let side = self == .sourcePort ? MultiportMatch.Side.source : .destination
    return MultiportMatch(side, .not(values.ranges.map { PortRange($0) })).map { [.multiport($0)] }
  }

  /// A range in parts that one match can name.
  private func pieces(_ range: ClosedRange<UInt128>) -> [ClosedRange<UInt128>] {
    switch self {
    case .source, .destination: range.blocks(ofBits: bits)
    case .proto: (range.lowerBound...min(range.upperBound, greatest)).map { $0...$0 }
    case .sourcePort, .destinationPort, .user, .group: [range]
    }
  }

  private func match(
    _ range: Condition<ClosedRange<UInt128>>, _ way: [Match], _ needsOwner: Bool
  ) -> Match {
    switch self {
    case .source(let family): .source(range.map { CIDR($0, family) })
    case .destination(let family): .destination(range.map { CIDR($0, family) })
    case .proto: .proto(range.map { IPProtocol(rawValue: UInt8(truncatingIfNeeded: $0.lowerBound)) })
    case .sourcePort: Match.ports(.source, range.map { PortRange($0) }, way)
    case .destinationPort: Match.ports(.destination, range.map { PortRange($0) }, way)
    case .user: .owner(range, of: needsOwner) { OwnerMatch(user: $0, socketExists: $1) }
    case .group: .owner(range, of: needsOwner) { OwnerMatch(group: $0, socketExists: $1) }
    }
  }
}

extension Match {
  fileprivate static func ports(
    _ side: MultiportMatch.Side, _ ports: Condition<PortRange>, _ way: [Match]
  ) -> Match {
    let (source, destination) = side == .source ? (ports, nil) : (nil, ports)
    if way.contains(.proto(.is(.tcp))) { return .tcp(TCPMatch(source: source, destination: destination)) }
    if way.contains(.proto(.is(.udp))) { return .udp(UDPMatch(source: source, destination: destination)) }
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

extension CIDR {
  /// The fewest blocks that have the addresses of this one that none of the others has.
  package func subtracting(_ others: some Sequence<CIDR>) -> [CIDR] {
    let mine = NativeValues(self)
    guard let others = NativeValues(others.filter { $0.family == family }.flatMap { NativeValues($0).ranges })
    else { return [self] }
    let rest = mine.subtracting(others)?.ranges ?? []
    return rest.flatMap { $0.blocks(ofBits: family.addressBits) }.map { CIDR($0, family) }
  }
}

extension ClosedRange<UInt128> {
  /// The fewest blocks of leading bits that together are the range.
  fileprivate func blocks(ofBits bits: Int) -> [ClosedRange<UInt128>] {
    var blocks: [ClosedRange<UInt128>] = []
    var first = lowerBound
    while true {
      var free = first == 0 ? bits : Swift.min(bits, first.trailingZeroBitCount)
      while free > 0, Self.end(first, free, bits) > upperBound { free -= 1 }
      let last = Self.end(first, free, bits)
      blocks.append(first...last)
      guard last < upperBound else { return blocks }
      first = last + 1
    }
  }

  /// The last number of a block in which some bits are free.
  private static func end(_ first: UInt128, _ free: Int, _ bits: Int) -> UInt128 {
    first | (free == 128 ? .max : 1 << UInt128(free) - 1)
  }
}

extension CIDR {
  /// The block that a range of addresses is, or the smallest one around it.
  fileprivate init(_ range: ClosedRange<UInt128>, _ family: IPFamily) {
    let length = range.prefixLength(ofBits: family.addressBits)
    let address = IPAddress(family, bits: range.lowerBound)
    self = length.flatMap { CIDR(address, prefixLength: $0) } ?? CIDR(host: address)
  }
}

extension PortRange {
  fileprivate init(_ range: ClosedRange<UInt128>) {
    let first = UInt16(truncatingIfNeeded: range.lowerBound)
    self =
      Port(rawValue: first)...Port(rawValue: Swift.max(first, UInt16(truncatingIfNeeded: range.upperBound)))
  }
}
