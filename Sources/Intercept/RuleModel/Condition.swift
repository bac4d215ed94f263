public import NetworkValues

/// A comparison of a packet's field with a value, negated or not.
public enum Condition<Value> {
  case `is`(Value)
  case not(Value)

  public var value: Value {
    switch self {
    case .is(let value), .not(let value): value
    }
  }

  /// True for a condition with a `!`.
  public var isNegated: Bool {
    switch self {
    case .is: false
    case .not: true
    }
  }

  /// The condition that holds exactly if this one does not.
  package var negated: Condition {
    switch self {
    case .is(let value): .not(value)
    case .not(let value): .is(value)
    }
  }

  /// The condition with a transformed value.
  public func map<Other>(_ transform: (Value) -> Other) -> Condition<Other> {
    switch self {
    case .is(let value): .is(transform(value))
    case .not(let value): .not(transform(value))
    }
  }

  /// True if the condition holds for a packet that matches the value, or does not, as `isMatch` reports.
  public func holds(_ isMatch: (Value) -> Bool) -> Bool { isMatch(value) != isNegated }
}

extension Condition: Equatable where Value: Equatable {}
extension Condition: Hashable where Value: Hashable {}
extension Condition: Sendable where Value: Sendable {}

/// The algebra of conditions on one field, common to the normal form of rules and to lowering.
extension Condition where Value: ValueSet {
  /// True if no value satisfies both conditions. Two negated conditions are always compatible.
  @inlinable
  public func excludes(_ other: Condition) -> Bool {
    switch (self, other) {
    case (.is(let left), .is(let right)): !left.overlaps(right)
    case (.is(let inner), .not(let outer)), (.not(let outer), .is(let inner)): outer.covers(inner)
    case (.not, .not): false
    }
  }

  /// True if every value that satisfies this condition satisfies the other.
  @inlinable
  public func implies(_ other: Condition) -> Bool {
    switch (self, other) {
    case (.is(let left), .is(let right)): right.covers(left)
    case (.is(let left), .not(let right)): !left.overlaps(right)
    case (.not(let left), .not(let right)): left.covers(right)
    case (.not, .is): false
    }
  }
}

extension Condition<RangeSet> {
  /// The conjunction of both conditions.
  package func and(_ other: Condition) -> Condition {
    switch (self, other) {
    case (.is(let left), .is(let right)): .is(left.intersection(right))
    case (.is(let wanted), .not(let unwanted)), (.not(let unwanted), .is(let wanted)):
      .is(wanted.subtracting(unwanted))
    case (.not(let left), .not(let right)): .not(left.union(right))
    }
  }

  /// True if some number of `bits` bits satisfies the condition.
  package func isSatisfiable(ofBits bits: Int) -> Bool {
    switch self {
    case .is(let numbers): !numbers.isEmpty
    case .not(let numbers): !numbers.isEverything(ofBits: bits)
    }
  }
}
