import NetworkValues
import RuleModel

/// The conditions of a rule in a form that can be compared: each field at most once.
struct PacketConditions: Hashable {
  struct FieldCondition: Hashable {
    let field: NativeField
    let condition: Condition<RangeSet>

    /// True for a field that must be in one of several ranges.
    var isList: Bool { !condition.isNegated && condition.value.single == nil }

    /// True if both conditions are equal, or are about `free` and not negated.
    func isSame(as other: FieldCondition, exceptValuesOf free: NativeField) -> Bool {
      guard field == other.field else { return false }
      return field == free
        ? !condition.isNegated && !other.condition.isNegated : condition == other.condition
    }
  }

  /// The only family of the packets; nil if an address implies it, or packets of both families match.
  var family: IPFamily?
  /// In the order of the fields' ranks.
  private(set) var fields: [FieldCondition] = []
  /// Every match that is not of a field, in the order of ranks.
  private(set) var others: [NativeMatch] = []
  /// True if no packet can satisfy the conditions.
  private(set) var isImpossible = false

  subscript(field: NativeField) -> Condition<RangeSet>? { fields.first { $0.field == field }?.condition }

  /// The conditions on all fields but one.
  func without(_ field: NativeField) -> PacketConditions {
    var rest = self
    rest.fields = fields.filter { $0.field != field }
    return rest
  }

  /// The conditions with other values for a field.
  func with(_ field: NativeField, _ values: RangeSet) -> PacketConditions {
    var changed = without(field)
    changed.insert(FieldCondition(field: field, condition: .is(values)))
    return changed
  }

  /// Adds a condition on a field to those that exist.
  mutating func require(_ field: NativeField, _ condition: Condition<RangeSet>) {
    let both = self[field].map { $0.and(condition) } ?? condition
    guard both.isSatisfiable(ofBits: field.bits) else {
      isImpossible = true
      return
    }
    fields.removeAll { $0.field == field }
    insert(FieldCondition(field: field, condition: both))
  }

  /// Adds a match that is not of a field.
  mutating func require(_ match: NativeMatch) {
    guard !others.contains(match) else { return }
    let place = others.firstIndex { $0.rank > match.rank } ?? others.endIndex
    others.insert(match, at: place)
  }

  mutating func requireTheImpossible() {
    isImpossible = true
  }

  private mutating func insert(_ condition: FieldCondition) {
    guard let place = fields.indices.first(where: { fields[$0].field.rank > condition.field.rank }) else {
      return fields.append(condition)
    }
    fields.insert(condition, at: place)
  }
}

extension PacketConditions {
  /// The corresponding matches, in the order in which they are written.
  var matches: [NativeMatch] {
    let addressFamily = fields.lazy.compactMap(\.field.family).first
    let all = others + fields.map { .field($0.field, $0.condition) }
    let family = (addressFamily ?? family).map { [NativeMatch.family($0)] } ?? []
    return (all + family).enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }
}

/// Comparison of conditions. Marks, states and interfaces are equal or unrelated: rules in between may change marks.
extension PacketConditions {
  /// True if certainly no packet satisfies both.
  func excludes(_ other: PacketConditions) -> Bool {
    fields.contains { own in other[own.field].map { own.condition.excludes($0) } ?? false }
  }

  /// True if both are equal, except for the values that one field must have.
  func isSame(as other: PacketConditions, exceptValuesOf field: NativeField) -> Bool {
    fields.count == other.fields.count && others.count == other.others.count && family == other.family
      && fields.indices.allSatisfy { fields[$0].isSame(as: other.fields[$0], exceptValuesOf: field) }
      && others == other.others
  }

  /// True if certainly every packet that satisfies these conditions satisfies the others.
  ///
  /// - Parameter field: a field whose condition in `other` is ignored.
  func implies(_ other: PacketConditions, ignoring field: NativeField? = nil) -> Bool {
    // The counts alone exclude nearly all of thousands of rules: more conditions are never implied by fewer.
    other.fields.count <= fields.count && other.others.count <= others.count
      && other.others.allSatisfy(others.contains)
      && other.fields.indices.allSatisfy { other.fields[$0].field == field || implies(other.fields[$0]) }
  }

  /// Removes packets that satisfy other conditions, as far as possible: all of them, or those ranges of a list that
  /// the others cover entirely.
  ///
  /// - Returns: false if no packets are left.
  mutating func remove(_ other: PacketConditions) -> Bool {
    if implies(other) { return false }
    for place in fields.indices where fields[place].isList && implies(other, ignoring: fields[place].field) {
      remove(other[fields[place].field], from: fields[place])
    }
    return true
  }

  private mutating func remove(_ removed: Condition<RangeSet>?, from list: FieldCondition) {
    guard let removed, case .is(let values) = list.condition else { return }
    let rest = values.ranges.filter { !Condition.is(RangeSet($0)).implies(removed) }
    guard !rest.isEmpty, rest.count < values.ranges.count else { return }
    self = with(list.field, RangeSet(rest))
  }

  private func implies(_ wanted: FieldCondition) -> Bool {
    fields.indices.contains {
      fields[$0].field == wanted.field && fields[$0].condition.implies(wanted.condition)
    }
  }
}
