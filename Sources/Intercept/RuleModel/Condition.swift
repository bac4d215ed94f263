/// What a packet's field is compared with: it must be the value, or must not be it.
public enum Condition<Value> {
  case `is`(Value)
  case not(Value)

  public var value: Value {
    switch self {
    case .is(let value), .not(let value): value
    }
  }

  /// Whether the rule has a `!` here.
  public var isNegated: Bool {
    switch self {
    case .is: false
    case .not: true
    }
  }

  /// The same condition about another value.
  public func map<Other>(_ transform: (Value) -> Other) -> Condition<Other> {
    switch self {
    case .is(let value): .is(transform(value))
    case .not(let value): .not(transform(value))
    }
  }

  /// Whether the condition holds, given whether the value matched.
  public func holds(_ isMatch: (Value) -> Bool) -> Bool { isMatch(value) != isNegated }
}

extension Condition: Equatable where Value: Equatable {}
extension Condition: Hashable where Value: Hashable {}
extension Condition: Sendable where Value: Sendable {}
