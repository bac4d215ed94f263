package import Intercept
package import NFTables

/// A comparison of a packet field as iptables-nft encodes it: load into the first register, optional mask,
/// compare.
package struct FieldComparison: Hashable, Sendable {
  package var field: Field
  /// The significant bits; nil if all are.
  package var mask: [UInt8]?
  /// Nil for a field that is loaded and not compared, which is the encoding of `-i +`.
  package var comparison: Comparison?

  package init(_ field: Field, mask: [UInt8]? = nil, _ comparison: Comparison?) {
    self.field = field
    self.mask = mask
    self.comparison = comparison
  }

  package enum Field: Hashable, Sendable {
    case meta(MetaKey)
    /// Offset and length in bytes.
    case payload(PayloadBase, offset: UInt32, length: UInt32)
  }

  package enum Comparison: Hashable, Sendable {
    case compare(CompareExpression.Operation, [UInt8])
    case range(from: [UInt8], to: [UInt8], isInverted: Bool)

    /// Equality, or inequality for a negated condition.
    package static func equal(_ condition: Condition<[UInt8]>) -> Comparison {
      .compare(condition.isNegated ? .notEqual : .equal, condition.value)
    }

    /// The value of an equality or inequality; nil for any other comparison.
    package var equality: Condition<[UInt8]>? {
      switch self {
      case .compare(.equal, let value): .is(value)
      case .compare(.notEqual, let value): .not(value)
      case .compare, .range: nil
      }
    }
  }
}

extension FieldComparison {
  /// The expressions: load, mask, compare.
  package var expressions: [Expression] {
    [load] + [masking, comparing].compactMap(\.self)
  }

  private var load: Expression {
    switch field {
    case .meta(let key): .meta(.load(key, into: .r1))
    case .payload(let base, let offset, let length):
      .payload(PayloadExpression(base: base, offset: offset, length: length, into: .r1))
    }
  }

  private var masking: Expression? {
    mask.map { .bitwise(BitwiseExpression(.r1, mask: $0, into: .r1)) }
  }

  private var comparing: Expression? {
    switch comparison {
    case .compare(let operation, let value): .compare(CompareExpression(.r1, operation, value))
    case .range(let low, let high, let isInverted):
      .range(RangeExpression(.r1, from: low, to: high, isInverted: isInverted))
    case nil: nil
    }
  }
}

extension FieldComparison {
  /// Consumes the expressions of a comparison at the front of a list; nil, with the list unchanged, if there is
  /// none.
  package init?(takenFrom list: inout ArraySlice<Expression>) {
    guard let first = list.first, let (target, field) = Self.load(first) else { return nil }
    var register = target
    var rest = list.dropFirst()
    self.init(field, nil)
    if let (next, mask) = Self.mask(rest.first, of: register) {
      self.mask = mask
      register = next
      rest = rest.dropFirst()
    }
    comparison = Self.comparison(rest.first, of: register)
    if comparison != nil {
      rest = rest.dropFirst()
    } else if mask != nil || rest.first?.readsRegister == true {
      // The loaded value is for an expression that only an opaque match can represent.
      return nil
    }
    list = rest
  }

  private static func load(_ expression: Expression) -> (Register, Field)? {
    switch expression {
    case .meta(.load(let key, let register)): (register, .meta(key))
    case .payload(let load):
      (load.register, .payload(load.base, offset: load.offset, length: load.length))
    case .meta, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .counter, .immediate, .match,
      .target, .redirect, .tproxy, .notrack, .unknown:
      nil
    }
  }

  private static func mask(_ expression: Expression?, of register: Register) -> (Register, [UInt8])? {
    guard case .bitwise(let bitwise) = expression, bitwise.source == register,
      bitwise.xor.allSatisfy({ $0 == 0 })
    else { return nil }
    return (bitwise.destination, bitwise.mask)
  }

  private static func comparison(_ expression: Expression?, of register: Register) -> Comparison? {
    if case .compare(let compare) = expression, compare.register == register {
      return .compare(compare.operation, compare.value)
    }
    if case .range(let range) = expression, range.register == register {
      return .range(from: range.lowest, to: range.highest, isInverted: range.isInverted)
    }
    return nil
  }
}

extension Expression {
  /// True if the expression may read a register that an earlier one loaded.
  fileprivate var readsRegister: Bool {
    switch self {
    case .compare, .range, .bitwise, .byteorder, .lookup, .meta(.store), .conntrack(.store), .redirect,
      .tproxy,
      .unknown:
      true
    case .meta(.load), .payload, .conntrack(.load), .counter, .immediate, .match, .target, .notrack: false
    }
  }
}
