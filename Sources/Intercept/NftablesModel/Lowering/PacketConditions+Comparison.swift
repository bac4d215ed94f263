import RuleModel

/// What is known of packets from what two rules ask of them.
extension PacketConditions {
  /// Whether it is certain that no packet fulfils both.
  func isDisjoint(from other: PacketConditions) -> Bool {
    fields.contains { mine in other[mine.field].map { mine.condition.isDisjoint(from: $0) } ?? false }
  }

  /// Whether both ask the same, but for the values that one field has to have.
  func isSame(as other: PacketConditions, apartFrom field: NativeField) -> Bool {
    fields.count == other.fields.count && others.count == other.others.count && family == other.family
      && fields.indices.allSatisfy { fields[$0].isSame(as: other.fields[$0], apartFrom: field) }
      && others == other.others
  }

  /// Whether it is certain that a packet that fulfils this fulfils the other.
  ///
  /// - Parameter field: whatever the other asks of this one.
  func implies(_ other: PacketConditions, apartFrom field: NativeField? = nil) -> Bool {
    // What asks for more cannot be implied; of thousands of rules nearly all are told apart by that.
    other.fields.count <= fields.count && other.others.count <= others.count
      && other.others.allSatisfy(others.contains)
      && other.fields.indices.allSatisfy { other.fields[$0].field == field || implies(other.fields[$0]) }
  }

  /// Leaves out what fulfils the other: all, or of a list of values those ranges that it covers whole.
  ///
  /// - Returns: whether anything is left.
  mutating func leaveOut(_ other: PacketConditions) -> Bool {
    if implies(other) { return false }
    for place in fields.indices where fields[place].isList && implies(other, apartFrom: fields[place].field) {
      leaveOut(other[fields[place].field], of: fields[place])
    }
    return true
  }

  private mutating func leaveOut(_ taken: Condition<NativeValues>?, of list: FieldCondition) {
    guard let taken, case .is(let values) = list.condition else { return }
    let left = values.ranges.filter { !Condition.is(NativeValues($0)).implies(taken) }
    guard left.count < values.ranges.count, let left = NativeValues(left) else { return }
    self = with(list.field, left)
  }

  private func implies(_ wanted: FieldCondition) -> Bool {
    fields.indices.contains {
      fields[$0].field == wanted.field && fields[$0].condition.implies(wanted.condition)
    }
  }
}

extension Condition<NativeValues> {
  fileprivate func implies(_ other: Condition) -> Bool {
    switch (self, other) {
    case (.is(let mine), .is(let other)): mine.isSubset(of: other)
    case (.is(let mine), .not(let other)): !mine.intersects(other)
    case (.not(let mine), .not(let other)): other.isSubset(of: mine)
    case (.not, .is): false
    }
  }

  fileprivate func isDisjoint(from other: Condition) -> Bool {
    switch (self, other) {
    case (.is(let mine), .is(let other)): !mine.intersects(other)
    case (.is(let mine), .not(let other)), (.not(let other), .is(let mine)): mine.isSubset(of: other)
    case (.not, .not): false
    }
  }
}
