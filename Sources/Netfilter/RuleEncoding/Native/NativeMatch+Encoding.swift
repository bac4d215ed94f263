import CNetfilter
import Intercept
import NFTables
import Netlink

extension NativeRuleWriter {
  mutating func write(_ match: NativeMatch) throws(PartEncodingError) {
    switch match {
    case .family(let family):
      append(.meta(.load(.networkProtocol, into: .r1)), .compare(.init(.r1, .equal, [family.nfproto])))
    case .field(let field, let values): write(field, values)
    case .inInterface(let name): try write(.inputInterfaceName, name)
    case .outInterface(let name): try write(.outputInterfaceName, name)
    case .mark(let mark): write(.meta(.load(.mark, into: .r1)), mark)
    case .connectionMark(let mark): write(.conntrack(.load(.mark, into: .r1)), mark)
    case .state(let state): try write(state)
    case .opaque(let text): throw PartEncodingError(text, "is known as text only")
    }
  }

  /// Appends the comparison of an interface name as iptables-nft does, with the name padded to IFNAMSIZ.
  private mutating func write(
    _ key: MetaKey, _ name: Condition<InterfacePattern>
  ) throws(PartEncodingError) {
    if name.value.isEverything { throw PartEncodingError("any interface", "is no condition") }
    append(.meta(.load(key, into: .r1)))
    guard case .compare(let operation, let name) = FieldComparison.interface(key, name).comparison else {
      return
    }
    let padding = name.last == 0 ? Int(IFNAMSIZ) - name.count : 0
    append(.compare(.init(.r1, operation, name + [UInt8](repeating: 0, count: padding))))
  }

  private mutating func write(_ load: Expression, _ mark: Condition<MaskedMark>) {
    append(load)
    if mark.value.mask != .allBits {
      append(.bitwise(BitwiseExpression(.r1, mask: mark.value.mask.hostBytes, into: .r1)))
    }
    append(.compare(.init(.r1, mark.isNegated ? .notEqual : .equal, mark.value.value.hostBytes)))
  }

  private mutating func write(_ state: Condition<ConntrackState>) throws(PartEncodingError) {
    guard let number = state.value.nativeBits else {
      throw PartEncodingError("ct state \(state.value)", "has a state that nf_tables does not know")
    }
    let bits = [UInt8](bytesOf: number)
    append(
      .conntrack(.load(.state, into: .r1)), .bitwise(BitwiseExpression(.r1, mask: bits, into: .r1)),
      .compare(.init(.r1, state.isNegated ? .equal : .notEqual, [0, 0, 0, 0])))
  }
}

extension NativeRuleWriter {
  private mutating func write(_ field: NativeField, _ values: Condition<RangeSet>) {
    guard let range = values.value.single else {
      append(field.load())
      if values.value.hasIntervals { swapIfNeeded(field) }
      return lookUp(field, in: values.value, isNegated: values.isNegated)
    }
    if range.lowerBound == range.upperBound {
      append(field.load())
      append(.compare(.init(.r1, values.isNegated ? .notEqual : .equal, field.bytes(range.lowerBound))))
    } else if let prefix = field.prefixLength(of: range) {
      write(field, range.lowerBound, prefix: prefix, isNegated: values.isNegated)
    } else {
      write(field, range, isNegated: values.isNegated)
    }
  }

  /// Appends the comparison of an address block. With a prefix of whole bytes only those bytes are loaded.
  private mutating func write(
    _ field: NativeField, _ network: UInt128, prefix: Int, isNegated: Bool
  ) {
    let isWholeBytes = prefix > 0 && prefix.isMultiple(of: 8)
    let length = isWholeBytes ? prefix / 8 : field.length
    append(field.load(bytes: length))
    if !isWholeBytes {
      let mask = field.greatest & ~(field.greatest >> prefix)
      append(.bitwise(BitwiseExpression(.r1, mask: field.bytes(mask), into: .r1)))
    }
    let value = Array(field.bytes(network).prefix(length))
    append(.compare(.init(.r1, isNegated ? .notEqual : .equal, value)))
  }

  private mutating func write(_ field: NativeField, _ range: ClosedRange<UInt128>, isNegated: Bool) {
    append(field.load())
    swapIfNeeded(field)
    let low = field.bytes(range.lowerBound, isSwapped: true)
    let high = field.bytes(range.upperBound, isSwapped: true)
    if isNegated {
      append(.range(RangeExpression(.r1, from: low, to: high, isInverted: true)))
    } else {
      append(.compare(.init(.r1, .greaterOrEqual, low)), .compare(.init(.r1, .lessOrEqual, high)))
    }
  }

  private mutating func swapIfNeeded(_ field: NativeField) {
    if field.isInHostOrder {
      append(.byteorder(ByteorderExpression(.toNetwork, .r1, size: UInt32(field.length))))
    }
  }
}

extension NativeField {
  /// The prefix length of a range that is an address block; nil for other ranges and fields.
  fileprivate func prefixLength(of range: ClosedRange<UInt128>) -> Int? {
    switch self {
    case .source, .destination: range.prefixLength(ofBits: bits)
    case .proto, .sourcePort, .destinationPort, .user, .group: nil
    }
  }
}

/// The connection state in the bits of nf_tables (NF_CT_STATE_BIT), which differ from those of x_tables for
/// untracked packets.
extension ConntrackState {
  private static let bits: [(state: ConntrackState, bit: UInt32)] = [
    (.invalid, 1 << 0), (.established, 1 << 1), (.related, 1 << 2), (.new, 1 << 3), (.untracked, 1 << 6),
  ]

  /// Nil for the states SNAT and DNAT, which nf_tables does not have.
  var nativeBits: UInt32? {
    let known = Self.bits.filter { contains($0.state) }
    let bits = known.reduce(0) { $0 | $1.bit }
    return known.reduce(into: ConntrackState()) { $0.formUnion($1.state) } == self ? bits : nil
  }

  /// Nil if a bit has no known state.
  init?(nativeBits: UInt32) {
    self = Self.bits.filter { nativeBits & $0.bit != 0 }.reduce(into: []) { $0.formUnion($1.state) }
    guard self.nativeBits == nativeBits else { return nil }
  }
}
