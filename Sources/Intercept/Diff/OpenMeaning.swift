/// A rule with one part left open: two rules that differ in that part alone have one such value in common.
///
/// It makes finding them a matter of hashing, whatever their number.
struct OpenMeaning: Hashable {
  private let part: Part
  private let facts: Set<Fact>
  private let target: Target?

  private enum Part: Hashable {
    case target
    /// Both rules say something about the field.
    case field(Field)
    /// The wanted rule alone says something that is left out here.
    case lacking
    /// The live rule alone says something that is left out here.
    case extra
  }

  /// The values by which a live rule is found.
  static func live(_ meaning: Meaning) -> [OpenMeaning] {
    let rests = rests(of: meaning)
    return [OpenMeaning(part: .target, facts: meaning.facts, target: nil)]
      + rests.map { OpenMeaning(part: .field($0.field), facts: $0.facts, target: meaning.target) }
      + [OpenMeaning(part: .lacking, facts: meaning.facts, target: meaning.target)]
      + rests.map { OpenMeaning(part: .extra, facts: $0.facts, target: meaning.target) }
  }

  /// The values by which a wanted rule looks for live ones.
  static func wanted(_ meaning: Meaning) -> [OpenMeaning] {
    let rests = rests(of: meaning)
    return rests.map { OpenMeaning(part: .field($0.field), facts: $0.facts, target: meaning.target) }
      + [OpenMeaning(part: .target, facts: meaning.facts, target: nil)]
      + rests.map { OpenMeaning(part: .lacking, facts: $0.facts, target: meaning.target) }
      + [OpenMeaning(part: .extra, facts: meaning.facts, target: meaning.target)]
  }

  /// The facts without those about one field, for every field.
  private static func rests(of meaning: Meaning) -> [(field: Field, facts: Set<Fact>)] {
    meaning.fields.fields.map { field in (field, meaning.facts.filter { $0.field != field }) }
  }
}
