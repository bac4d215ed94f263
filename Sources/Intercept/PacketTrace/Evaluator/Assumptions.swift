/// What is assumed about rules of which nobody can tell whether they match.
///
/// The first walk assumes that none does; `advance` turns the last assumption that can be turned, until every
/// combination has had its walk.
struct Assumptions {
  private var answers: [(rule: Int, isMatch: Bool)] = []
  private var position = 0

  /// How many walks are made before the question is given up.
  static let limit = 256

  var isEmpty: Bool { answers.isEmpty }

  /// The rule whose assumption was turned last.
  var turned: Int? { answers.last?.rule }

  /// Whether a rule is assumed to match, the next time it is asked.
  mutating func answer(for rule: Int) -> Bool {
    if position == answers.count { answers.append((rule, false)) }
    defer { position += 1 }
    return answers[position].isMatch
  }

  /// Makes ready for the next walk; false if there is none.
  mutating func advance() -> Bool {
    while let last = answers.popLast() {
      guard last.isMatch else {
        answers.append((last.rule, true))
        position = 0
        return true
      }
    }
    return false
  }
}
