import NetworkValues
import RuleModel

/// Six rules with which Istio drops everything while it replaces its rules; left behind where it was killed
/// half-way, with or without chains of its own beside them.
///
/// Each of them alone is a rule that anybody may have written, and together they may end a firewall. They count
/// where they stand as Istio inserts them: both at the very front of all three chains, where they leave no packet
/// for any other rule. Where they stand there several times over, all of them count: taking some away would bring
/// the next to the front.
enum KnownGuardRails {
  private static let front = [
    NormalizedRule(conditions: [.proto(.is(.udp))], target: .drop),
    NormalizedRule(conditions: [.proto(.is(.tcp))], target: .drop),
  ]
  private static let hooks: [Hook] = [.input, .forward, .output]

  /// How many rules they are in each chain; none where they are not complete.
  static func depth(in live: Ruleset) -> Int {
    guard let filter = live[.filter] else { return 0 }
    return hooks.map { depth(of: filter[ChainName($0)]?.rules ?? []) }.min() ?? 0
  }

  private static func depth(of rules: [Rule]) -> Int {
    let rules = rules.prefix { !$0.isCommented }
    let sets = (0..<rules.count / front.count).prefix { number in
      rules[(number * front.count)...].prefix(front.count).map(NormalizedRule.init) == front
    }
    return sets.count * front.count
  }

  static func include(_ position: Position, _ index: Int, depth: Int) -> Bool {
    position.table == .filter && hooks.contains(position.hook) && index < depth
  }
}
