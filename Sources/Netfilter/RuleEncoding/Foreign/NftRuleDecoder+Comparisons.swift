import Intercept
import NFTables

/// Comparisons of fields.
extension NftRuleDecoder {
  mutating func decode(_ compare: CompareExpression) {
    guard case .field(let key, let mask, let xor)? = registers[compare.register],
      xor?.allSatisfy({ $0 == 0 }) ?? true
    else { return write("cmp") }
    let isEqual = compare.operation == .equal
    // `nft` converts a number to network order before it compares an order.
    let isOrdered = !isEqual && compare.operation != .notEqual
    let kind = key.kind(ofBytes: compare.value.count)
    let value = kind.number(compare.value, isBigEndian: isOrdered)
    if require(key, value, isEqual && mask == nil) { return }
    if mask == nil, endsRange(key, value, compare.operation) { return }
    let name = name(of: key)
    if let mask, kind != .tcpFlags || mask != [0xff] {
      write(match: masked(name, kind, mask, compare, value))
      return
    }
    let word = write(match: "\(name) \(Self.plain(kind, value, compare))")
    start = compare.operation == .greaterOrEqual && mask == nil ? (word, key, value) : nil
  }

  /// Joins `>= 80` with a following `<= 90` to `80-90`; false for other comparisons.
  private mutating func endsRange(
    _ key: NftKey, _ value: UInt128, _ operation: CompareExpression.Operation
  ) -> Bool {
    guard operation == .lessOrEqual, let start, start.word == lastWord, start.key == key, start.value <= value
    else { return false }
    let (first, last) = (key.kind.text(start.value...start.value), key.kind.text(value...value))
    let range: String =
      if case .address = key.kind { "\(first)-\(last)" } else { key.kind.kernelText(start.value...value) }
    rewrite(start.word, "\(key.text) \(range)")
    self.start = nil
    return true
  }

  /// Operator and right side of a comparison of all bits.
  private static func plain(
    _ kind: NftValueKind, _ value: UInt128, _ compare: CompareExpression
  ) -> String {
    let operation = compare.operation.nftText
    if kind == .interface, compare.value.last != 0, compare.value.count < 16 {
      let range = value...value | UInt128(greatestOfBits: 8 * (16 - compare.value.count))
      return operation + kind.text(range)
    }
    if case .address(let family) = kind, compare.value.count < family.addressBits / 8 {
      let block = CIDR(IPAddress(family, bits: value), prefixLength: 8 * compare.value.count)
      return operation + (block.map { "\($0)" } ?? "?")
    }
    if kind.isBitmask, compare.operation == .equal {
      return "== " + (kind == .tcpFlags && value == 0xff ? "0xff" : kind.text(value...value))
    }
    return operation + kind.kernelText(value...value)
  }

  /// A comparison of some bits: a prefix, states, or `meta mark & 0xff == 0x3`.
  private func masked(
    _ name: String, _ kind: NftValueKind, _ mask: [UInt8], _ compare: CompareExpression, _ value: UInt128
  ) -> String {
    let bits = kind.number(mask)
    let operation = compare.operation.nftText
    let isNegated = compare.operation == .notEqual
    guard isNegated || compare.operation == .equal else {
      return "\(name) & \(kind.text(bits...bits)) \(operation)\(kind.text(value...value))"
    }
    if kind.isBitmask, value == 0 {
      return "\(name) \(isNegated ? "" : "! ")\(kind.bitNames(bits))"
    }
    let width = kind.bits
    let length = width - (~bits & UInt128(greatestOfBits: width)).nonzeroBitCount
    let isPrefix = bits == UInt128(greatestOfBits: width) & ~UInt128(greatestOfBits: width - length)
    if case .address(let family) = kind, isPrefix,
      let block = CIDR(IPAddress(family, bits: value), prefixLength: length)
    {
      return "\(name) \(operation)\(block)"
    }
    if kind == .mark, isPrefix { return "\(name) \(operation)\(kind.text(value...value))/\(length)" }
    if kind == .tcpFlags, bits.nonzeroBitCount > 1 {
      return "\(name) \(operation)\(kind.text(value...value)) / \(kind.bitNames(bits))"
    }
    return "\(name) & \(kind.text(bits...bits)) \(isNegated ? "!=" : "==") \(kind.text(value...value))"
  }

  mutating func decode(_ range: RangeExpression) {
    guard case .field(let key, nil, _)? = registers[range.register] else { return write("range") }
    let first = key.kind.number(range.lowest, isBigEndian: true)
    let last = key.kind.number(range.highest, isBigEndian: true)
    guard first <= last else { return write("range") }
    write(match: "\(name(of: key)) \(range.isInverted ? "!= " : "")\(key.kind.kernelText(first...last))")
  }

  mutating func decode(_ lookup: LookupExpression) {
    guard let set = sets[lookup.set] else { return write("@\(lookup.set)") }
    let keys = registers.values(from: lookup.register, bytes: Int(set.raw.keyLength)).compactMap(\.key)
    let name = keys.map { self.name(of: $0) }.joined(separator: " . ")
    let elements = set.nftReference(keys.map(\.kind), nil)
    guard case .field(let key, let mask?, _)? = registers[lookup.register] else {
      write(match: "\(name) \(lookup.isInverted ? "!= " : "")\(elements)")
      return
    }
    let bits = key.kind.number(mask)
    let kept =
      key.kind.isBitmask
      ? "(\(key.kind.bitNames(bits).replacing(",", with: " | ")))" : key.kind.text(bits...bits)
    write(match: "\(name) & \(kept) \(lookup.isInverted ? "!=" : "==") \(elements)")
  }
}

extension CompareExpression.Operation {
  /// The operator with a blank after it; nothing for `==`.
  fileprivate var nftText: String {
    switch self {
    case .equal: ""
    case .notEqual: "!= "
    case .less: "< "
    case .lessOrEqual: "<= "
    case .greater: "> "
    default: ">= "
    }
  }
}
