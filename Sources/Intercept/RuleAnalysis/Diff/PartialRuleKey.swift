import RuleModel

/// A rule with one part left open: two rules that differ in that part alone have one such value in common.
///
/// It makes finding them a matter of hashing, whatever their number.
struct PartialRuleKey: Hashable {
  private let part: Part
  private let conditions: Set<RuleCondition>
  private let target: Target?

  private enum Part: Hashable {
    case target
    /// Both rules say something about the field.
    case field(PacketField)
    /// The wanted rule alone says something that is left out here.
    case lacking
    /// The live rule alone says something that is left out here.
    case extra
  }

  /// The values by which a live rule is found.
  static func live(_ meaning: NormalizedRule) -> [PartialRuleKey] {
    let rests = rests(of: meaning)
    return [PartialRuleKey(part: .target, conditions: meaning.conditions, target: nil)]
      + rests.map {
        PartialRuleKey(part: .field($0.field), conditions: $0.conditions, target: meaning.target)
      }
      + [PartialRuleKey(part: .lacking, conditions: meaning.conditions, target: meaning.target)]
      + rests.map { PartialRuleKey(part: .extra, conditions: $0.conditions, target: meaning.target) }
  }

  /// The values by which a wanted rule looks for live ones.
  static func wanted(_ meaning: NormalizedRule) -> [PartialRuleKey] {
    let rests = rests(of: meaning)
    return rests.map {
      PartialRuleKey(part: .field($0.field), conditions: $0.conditions, target: meaning.target)
    }
      + [PartialRuleKey(part: .target, conditions: meaning.conditions, target: nil)]
      + rests.map { PartialRuleKey(part: .lacking, conditions: $0.conditions, target: meaning.target) }
      + [PartialRuleKey(part: .extra, conditions: meaning.conditions, target: meaning.target)]
  }

  /// The facts without those about one field, for every field.
  private static func rests(of meaning: NormalizedRule) -> [(
    field: PacketField, conditions: Set<RuleCondition>
  )] {
    meaning.fields.fields.map { field in (field, meaning.conditions.filter { $0.field != field }) }
  }
}
