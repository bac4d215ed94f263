import NetworkValues
import RuleModel

/// One question about a packet: a match of the model, or a part of one, made ready to be asked millions of times.
///
/// Trivial values only, so that asking costs neither memory nor reference counts; what is rare and does not fit is
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
    /// By the match itself.
    case general
  }

  let question: Question
  /// Which of the rule's matches it comes from.
  let match: Int
}

struct AddressTest: Sendable {
  let network: UInt128
  let mask: UInt128
  let isNegated: Bool
  /// Whether the block is one of loopback addresses.
  let isLoopback: Bool

  init(_ condition: Condition<CIDR>) {
    network = condition.value.network.bits
    mask = condition.value.mask.bits
    isNegated = condition.isNegated
    isLoopback = condition.value.network.isLoopback && condition.value.prefixLength >= 8
  }

  func holds(_ address: IPAddress) -> Bool { (address.bits & mask == network) != isNegated }

  /// An address that is not known is none of loopback: a flow on lo has its address.
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

  /// Where there is no interface, the kernel compares with an empty name.
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

  /// Without a socket only a negated condition holds (`owner_mt`).
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
