import CNetfilter
import Intercept
import NFTables
import Netlink

extension NativeField {
  /// The size in bytes.
  var length: Int { bits / 8 }

  /// The expression that loads the field into the first register; of an address, a number of leading bytes.
  func load(bytes length: Int? = nil) -> Expression {
    switch self {
    case .source(let family): .network(AddressField.source.offset(family), length ?? self.length)
    case .destination(let family): .network(AddressField.destination.offset(family), length ?? self.length)
    case .proto: .meta(.load(.transportProtocol, into: .r1))
    case .sourcePort: .transport(Self.sourcePortOffset)
    case .destinationPort: .transport(Self.destinationPortOffset)
    case .user: .meta(.load(.socketUID, into: .r1))
    case .group: .meta(.load(.socketGID, into: .r1))
    }
  }

  static var sourcePortOffset: UInt32 { 0 }
  static var destinationPortOffset: UInt32 { 2 }

  /// True if the kernel loads the number in host order, in which `memcmp` cannot compare ranges.
  var isInHostOrder: Bool {
    switch self {
    case .user, .group: true
    case .source, .destination, .proto, .sourcePort, .destinationPort: false
    }
  }

  /// The data type of a set's keys in the numbering of the `nft` command.
  var setKeyType: UInt32 {
    switch self {
    case .source(.ipv4), .destination(.ipv4): 7
    case .source(.ipv6), .destination(.ipv6): 8
    case .proto: 12
    case .sourcePort, .destinationPort: 13
    case .user: 24
    case .group: 25
    }
  }

  /// The byte order of a set's keys in the `nft` command's user data (`enum byteorder`).
  var setByteorder: UInt8 {
    switch self {
    case .proto, .user, .group: 1
    case .source, .destination, .sourcePort, .destinationPort: 2
    }
  }

  /// The encoding of a value in a register.
  func bytes(_ value: UInt128, isSwapped: Bool = false) -> [UInt8] {
    let bytes = (0..<length).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return isInHostOrder && !isSwapped && Self.hostIsLittleEndian ? bytes.reversed() : bytes
  }

  /// The value that a register holds; nil if its size is not that of the field.
  func value(_ bytes: [UInt8], isSwapped: Bool = false) -> UInt128? {
    guard bytes.count == length else { return nil }
    let isReversed = isInHostOrder && !isSwapped && Self.hostIsLittleEndian
    return UInt128(bigEndianBytes: isReversed ? bytes.reversed() : bytes)
  }

  private static var hostIsLittleEndian: Bool { 1.littleEndian == 1 }
}

extension Expression {
  fileprivate static func network(_ offset: UInt32, _ length: Int) -> Expression {
    .payload(PayloadExpression(base: .network, offset: offset, length: UInt32(length), into: .r1))
  }

  fileprivate static func transport(_ offset: UInt32) -> Expression {
    .payload(PayloadExpression(base: .transport, offset: offset, length: 2, into: .r1))
  }
}

extension IPFamily {
  /// The value of `meta nfproto` (NFPROTO_*).
  var nfproto: UInt8 { TableFamily(self).rawValue }
}

extension NativeField {
  /// The field that an expression loads whole or in part; nil if it is not modelled.
  init?(_ load: Expression) {
    switch load {
    case .meta(.load(.transportProtocol, _)): self = .proto
    case .meta(.load(.socketUID, _)): self = .user
    case .meta(.load(.socketGID, _)): self = .group
    case .payload(let load) where load.base == .transport && load.length == 2:
      switch load.offset {
      case Self.sourcePortOffset: self = .sourcePort
      case Self.destinationPortOffset: self = .destinationPort
      default: return nil
      }
    case .payload(let load) where load.base == .network:
      guard let field = Self.addresses.first(where: { $0.loads(load) }) else { return nil }
      self = field
    default: return nil
    }
  }

  /// The address fields. No two have the same offset in a header.
  private static let addresses: [NativeField] = IPFamily.allCases.flatMap { [.source($0), .destination($0)] }

  private func loads(_ payload: PayloadExpression) -> Bool {
    guard case .payload(let own) = load() else { return false }
    return own.offset == payload.offset && (1...own.length).contains(payload.length)
  }
}

extension NativeComparison {
  /// The compared values of a field; nil for a comparison that is not modelled.
  func values(_ field: NativeField, _ sets: [String: LiveNativeSet]) -> Condition<RangeSet>? {
    if case .payload(let payload) = load, Int(payload.length) < field.length || mask != nil {
      return block(field, loaded: Int(payload.length))
    }
    guard mask == nil else { return nil }
    switch comparison {
    case .equal(let bytes, let isNegated):
      return field.value(bytes, isSwapped: isSwapped).map { .some(RangeSet($0), isNegated) }
    case .range(let low, let high, let isNegated): return range(field, low, high, isNegated)
    case .lookup(let set, let isNegated): return lookup(field, sets[set], isNegated)
    }
  }

  private func range(
    _ field: NativeField, _ low: [UInt8]?, _ high: [UInt8]?, _ isNegated: Bool
  ) -> Condition<RangeSet>? {
    guard !field.isInHostOrder || isSwapped,
      let first = low.map({ field.value($0, isSwapped: true) }) ?? 0,
      let last = high.map({ field.value($0, isSwapped: true) }) ?? field.greatest, first <= last
    else { return nil }
    return .some(RangeSet(first...last), isNegated)
  }

  private func lookup(
    _ field: NativeField, _ set: LiveNativeSet?, _ isNegated: Bool
  ) -> Condition<RangeSet>? {
    guard let set, set.raw.flags.contains(.interval) == isSwapped || !field.isInHostOrder else { return nil }
    return NativeSetContents.values(of: set, field).map { .some($0, isNegated) }
  }

  /// An address block: leading bytes, or leading bits with a mask.
  private func block(_ field: NativeField, loaded: Int) -> Condition<RangeSet>? {
    guard case .equal(let bytes, let isNegated) = comparison, bytes.count == loaded, !isSwapped else {
      return nil
    }
    let padding = [UInt8](repeating: 0, count: field.length - loaded)
    let allOnes = [UInt8](repeating: 0xff, count: loaded)
    guard let network = field.value(bytes + padding), let mask = field.value((mask ?? allOnes) + padding),
      network & ~mask == 0
    else { return nil }
    let range = network...network | field.greatest & ~mask
    // A mask that is no prefix does not describe a range.
    guard range.prefixLength(ofBits: field.bits) != nil else { return nil }
    return .some(RangeSet(range), isNegated)
  }
}

extension Condition {
  fileprivate static func some(_ value: Value, _ isNegated: Bool) -> Condition {
    isNegated ? .not(value) : .is(value)
  }
}
