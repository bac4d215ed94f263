import NetworkValues
import RuleModel

/// Finds the groups of rules that may concern another rule, without searching the thousands that do not.
///
/// A rule can have no effect only on packets that match an earlier one: the earlier rule's matches which are not of a
/// field, such as an interface, are then among those of the rule.
struct RuleGroupIndex {
  /// The indexes of the groups by their matches that are not of a field.
  private var byOthers: [Set<NativeMatch>: [Int]] = [:]
  /// The indexes of the groups by their statements.
  private var byStatements: [[NativeStatement]: [Int]] = [:]
  private var count = 0

  /// Greatest number of matches for which every selection of them is looked up.
  private static let mostMatches = 6

  /// Adds the next group, which begins with a rule.
  mutating func append(_ rule: LoweredRule) {
    byOthers[Set(rule.conditions.others), default: []].append(count)
    byStatements[rule.statements, default: []].append(count)
    count += 1
  }

  /// The groups with exactly the matches of a rule that are not of a field, ascending.
  func groups(withOthersOf rule: LoweredRule) -> [Int] { byOthers[Set(rule.conditions.others)] ?? [] }

  /// The groups whose matches that are not of a field are all among those of a rule, ascending.
  func groups(withSomeOthersOf rule: LoweredRule) -> [Int] {
    let others = rule.conditions.others
    guard others.count <= Self.mostMatches else { return Array(0..<count) }
    let selections = (0..<1 << others.count).map { bits in
      Set(others.indices.filter { bits >> $0 & 1 == 1 }.map { others[$0] })
    }
    return selections.compactMap { byOthers[$0] }.flatMap(\.self).sorted()
  }

  /// Returns true if a group after another has other statements than a rule.
  func hasOtherStatements(after index: Int, than rule: LoweredRule) -> Bool {
    let same = byStatements[rule.statements] ?? []
    return same.count - same.partitioningIndex { $0 > index } < count - index - 1
  }
}
