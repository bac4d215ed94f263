import NetworkValues
import RuleModel

/// One test of a packet: a match of the model, or a part of one, prepared for millions of evaluations.
///
/// Trivial types only, so that evaluation needs no allocation and no reference counting. Rare matches use
/// `general`.
struct Test: Sendable {
  enum Question: Sendable {
    case source(AddressTest)
    case destination(AddressTest)
    case inInterface(NameTest)
    case outInterface(NameTest)
    case proto(UInt8, isNegated: Bool)
    case sourcePort(PortTest)
    case destinationPort(PortTest)
    case user(OwnerTest)
    case group(OwnerTest)
    case mark(MarkTest)
    case connectionMark(MarkTest)
    case trafficClass(TrafficClassTest)
    /// A flag of TCP by which hosts report congestion (ECE, CWR).
    case congestionFlag(isNegated: Bool)
    /// Evaluated by the match itself.
    case general
  }

  let question: Question
  /// Index of the match in its rule.
  let match: Int
}

struct AddressTest: Sendable {
  let network: UInt128
  let mask: UInt128
  let isNegated: Bool
  /// True if all addresses of the block are loopback addresses.
  let isLoopback: Bool

  init(_ condition: Condition<CIDR>) {
    network = condition.value.network.bits
    mask = condition.value.mask.bits
    isNegated = condition.isNegated
    isLoopback = condition.value.network.isLoopback && condition.value.prefixLength >= 8
  }

  func holds(_ address: IPAddress) -> Bool { (address.bits & mask == network) != isNegated }

  /// An unknown address is not a loopback address: flows on lo have a known one.
  func holds(_ address: IPAddress?) -> Ternary {
    if let address { return Ternary(holds(address)) }
    if mask == 0 || isLoopback { return Ternary((mask == 0) != isNegated) }
    return .unknown
  }
}

struct NameTest: Sendable {
  let stem: UInt128
  let mask: UInt128
  let isNegated: Bool

  init(_ condition: Condition<InterfacePattern>) {
    let pattern = condition.value
    let count = pattern.stem.utf8.count
    stem = InterfaceName(bytes: pattern.stem.utf8).bits
    mask = pattern.isWildcard ? (count == 0 ? 0 : UInt128.max << (8 * (16 - count))) : .max
    isNegated = condition.isNegated
  }

  /// Without an interface, the kernel compares with an empty name.
  func holds(_ name: InterfaceName?) -> Bool { ((name?.bits ?? 0) & mask == stem) != isNegated }
}

struct PortTest: Sendable {
  let first: UInt16
  let last: UInt16
  let isNegated: Bool

  init(_ condition: Condition<PortRange>) {
    first = condition.value.lowerBound.rawValue
    last = condition.value.upperBound.rawValue
    isNegated = condition.isNegated
  }

  func holds(_ port: Port) -> Bool { (first <= port.rawValue && port.rawValue <= last) != isNegated }

  func holds(_ ports: PortRange) -> Ternary {
    let low = ports.lowerBound.rawValue
    let high = ports.upperBound.rawValue
    if first <= low && high <= last { return Ternary(!isNegated) }
    if last < low || high < first { return Ternary(isNegated) }
    return .unknown
  }
}

struct OwnerTest: Sendable {
  let first: UInt32
  let last: UInt32
  let isNegated: Bool

  init<ID: OwnerID>(_ condition: Condition<ClosedRange<ID>>) {
    first = condition.value.lowerBound.rawValue
    last = condition.value.upperBound.rawValue
    isNegated = condition.isNegated
  }

  /// Without a socket, only a negated condition holds (`owner_mt`).
  func holds(_ id: UInt32?) -> Bool {
    guard let id else { return isNegated }
    return (first <= id && id <= last) != isNegated
  }
}

struct MarkTest: Sendable {
  let value: UInt32
  let mask: UInt32
  let isNegated: Bool

  init(_ condition: Condition<MaskedMark>) {
    value = condition.value.value.rawValue
    mask = condition.value.mask.rawValue
    isNegated = condition.isNegated
  }

  func holds(_ mark: Mark) -> Bool { (mark.rawValue & mask == value) != isNegated }
}

extension Match {
  /// Tests whose conjunction is equivalent to the match.
  var tests: [Test.Question] {
    switch self {
    case .source(let block): [.source(AddressTest(block))]
    case .destination(let block): [.destination(AddressTest(block))]
    case .inInterface(let name): [.inInterface(NameTest(name))]
    case .outInterface(let name): [.outInterface(NameTest(name))]
    case .proto(let proto): [.proto(proto.value.rawValue, isNegated: proto.isNegated)]
    case .tcp(let match):
      Self.ports(.tcp, match.source, match.destination)
        + (match.flags == nil && match.option == nil ? [] : [.general])
    case .udp(let match): Self.ports(.udp, match.source, match.destination)
    case .owner(let match): match.tests
    case .mark(let match): [.mark(MarkTest(match.mark))]
    case .connmark(let match): [.connectionMark(MarkTest(match.mark))]
    case .multiport, .conntrack, .state, .addressType: [.general]
    case .opaque(let match): match.headerTests ?? [.general]
    case .comment: []
    }
  }

  private static func ports(
    _ proto: IPProtocol, _ source: Condition<PortRange>?, _ destination: Condition<PortRange>?
  ) -> [Test.Question] {
    [.proto(proto.rawValue, isNegated: false)] + [source.map { .sourcePort(PortTest($0)) }].compactMap { $0 }
      + [destination.map { .destinationPort(PortTest($0)) }].compactMap { $0 }
  }
}

extension OwnerMatch {
  /// Rare matches use the generic evaluator.
  fileprivate var tests: [Test.Question] {
    guard socketExists == nil, !includesSupplementaryGroups else { return [.general] }
    return [user.map { .user(OwnerTest($0)) }, group.map { .group(OwnerTest($0)) }].compactMap { $0 }
  }
}

/// A truth value of three-valued logic.
enum Ternary: Hashable, Sendable {
  case no, yes, unknown

  init(_ isTrue: Bool) {
    self = isTrue ? .yes : .no
  }

  /// Negation, if `isInverted`.
  func inverted(_ isInverted: Bool) -> Ternary {
    switch self {
    case .no: isInverted ? .yes : .no
    case .yes: isInverted ? .no : .yes
    case .unknown: .unknown
    }
  }
}
