import RuleModel

/// A set of values that a packet's field may have.
protocol ValueSet {
  /// Whether a value is in both sets.
  func meets(_ other: Self) -> Bool
  /// Whether all of the other set is in this one.
  func covers(_ other: Self) -> Bool
}

extension Condition where Value: ValueSet {
  /// Whether no packet meets both conditions. Two negated ones always leave something.
  func excludes(_ other: Self) -> Bool {
    switch (self, other) {
    case (.is(let left), .is(let right)): !left.meets(right)
    case (.is(let inner), .not(let outer)), (.not(let outer), .is(let inner)): outer.covers(inner)
    case (.not, .not): false
    }
  }
}

extension RuleCondition {
  /// Whether surely no packet meets both facts. What cannot be told apart may overlap.
  ///
  /// Marks are compared as if no rule between the two changed them.
  func excludes(_ other: RuleCondition) -> Bool {
    switch (self, other) {
    case (.source(let left), .source(let right)), (.destination(let left), .destination(let right)):
      left.excludes(right)
    case (.inInterface(let left), .inInterface(let right)),
      (.outInterface(let left), .outInterface(let right)):
      left.excludes(right)
    case (.proto(let left), .proto(let right)): left.excludes(right)
    case (.sourcePort(let left), .sourcePort(let right)),
      (.destinationPort(let left), .destinationPort(let right)):
      left.excludes(right)
    case (.user(let left), .user(let right)): left.excludes(right)
    case (.group(let left), .group(let right)): left.excludes(right)
    case (.socket(let left), .socket(let right)): left != right
    case (.socket(exists: false), .user(.is)), (.user(.is), .socket(exists: false)),
      (.socket(exists: false), .group(.is)), (.group(.is), .socket(exists: false)):
      true
    case (.mark(let left), .mark(let right)), (.connmark(let left), .connmark(let right)):
      left.excludes(right)
    case (.state(let left), .state(let right)): left.excludes(right)
    default: false
    }
  }
}
