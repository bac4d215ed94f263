import NetworkValues
import RuleModel

/// What a rule asks of a packet, in a form in which rules can be compared: each field at most once.
struct PacketConditions: Hashable {
  struct FieldCondition: Hashable {
    let field: NativeField
    let condition: Condition<NativeValues>

    /// Whether there are several values that the field may have.
    var isList: Bool { !condition.isNegated && condition.value.single == nil }

    /// Whether both ask the same, but for the values that one field has to have.
    func isSame(as other: FieldCondition, apartFrom free: NativeField) -> Bool {
      guard field == other.field else { return false }
      return field == free
        ? !condition.isNegated && !other.condition.isNegated : condition == other.condition
    }
  }

  /// The family alone that the rule is for; nil where an address says so, or every packet here is meant.
  var family: IPFamily?
  /// In the order of the fields' ranks.
  private(set) var fields: [FieldCondition] = []
  /// Everything that is not about a field, in the order of ranks.
  private(set) var others: [NativeMatch] = []
  /// Whether no packet can fulfil this.
  private(set) var isImpossible = false

  subscript(field: NativeField) -> Condition<NativeValues>? { fields.first { $0.field == field }?.condition }

  /// The same without what is asked of a field.
  func without(_ field: NativeField) -> PacketConditions {
    var rest = self
    rest.fields = fields.filter { $0.field != field }
    return rest
  }

  /// The same with other values for a field.
  func with(_ field: NativeField, _ values: NativeValues) -> PacketConditions {
    var changed = without(field)
    changed.insert(FieldCondition(field: field, condition: .is(values)))
    return changed
  }

  /// Asks for something about a field, besides all that is asked already.
  mutating func require(_ field: NativeField, _ condition: Condition<NativeValues>) {
    let both = self[field].map { $0.and(condition) } ?? condition
    guard let both, both.canHold(for: field) else {
      isImpossible = true
      return
    }
    fields.removeAll { $0.field == field }
    insert(FieldCondition(field: field, condition: both))
  }

  /// Asks for something that is not about a field, besides all that is asked already.
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
  /// The matches that ask for it, in the order in which they are written.
  var matches: [NativeMatch] {
    let addressFamily = fields.lazy.compactMap(\.field.family).first
    let all = others + fields.map { .field($0.field, $0.condition) }
    let family = (addressFamily ?? family).map { [NativeMatch.family($0)] } ?? []
    return (all + family).enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
      .map(\.element)
  }
}

extension Condition<NativeValues> {
  /// Whether some value fulfils it.
  fileprivate func canHold(for field: NativeField) -> Bool {
    switch self {
    case .is: true
    case .not(let values): values.single != 0...field.greatest
    }
  }

  /// The condition that holds where both do; nil if none can.
  fileprivate func and(_ other: Condition) -> Condition? {
    switch (self, other) {
    case (.is(let mine), .is(let other)): mine.intersection(other).map { .is($0) }
    case (.is(let mine), .not(let other)), (.not(let other), .is(let mine)):
      mine.subtracting(other).map { .is($0) }
    case (.not(let mine), .not(let other)): .not(mine.union(other))
    }
  }
}
