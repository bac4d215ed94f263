import Intercept

/// One look at a packet, the way iptables-nft takes it: a field is loaded into the first register, masked
/// perhaps, and compared.
struct FieldComparison: Hashable, Sendable {
  var field: Field
  /// The bits that count; nil if all do.
  var mask: [UInt8]?
  /// Nil for a field that is loaded and not looked at, which is how `-i +` is written.
  var comparison: Comparison?

  init(_ field: Field, mask: [UInt8]? = nil, _ comparison: Comparison?) {
    self.field = field
    self.mask = mask
    self.comparison = comparison
  }

  enum Field: Hashable, Sendable {
    case meta(MetaKey)
    /// Offset and length in bytes.
    case payload(PayloadBase, offset: UInt32, length: UInt32)
  }

  enum Comparison: Hashable, Sendable {
    case compare(CompareExpression.Operation, [UInt8])
    case range(from: [UInt8], to: [UInt8], isInverted: Bool)

    /// Equal, or not equal where the condition is negated.
    static func equal(_ condition: Condition<[UInt8]>) -> Comparison {
      .compare(condition.isNegated ? .notEqual : .equal, condition.value)
    }

    /// The value that must be there, or must not; nil for any other comparison.
    var equality: Condition<[UInt8]>? {
      switch self {
      case .compare(.equal, let value): .is(value)
      case .compare(.notEqual, let value): .not(value)
      case .compare, .range: nil
      }
    }
  }
}
