/// Six rules with which Istio drops everything while it replaces its rules; left behind where it was killed
/// half-way, with or without chains of its own beside them.
///
/// Each of them alone is a rule that anybody may have written, and together they may end a firewall. They count
/// where they stand as Istio inserts them: both at the very front of all three chains, where they leave no packet
/// for any other rule.
enum KnownGuardRails {
  private static let front = [
    Meaning(facts: [.proto(.is(.udp))], target: .drop), Meaning(facts: [.proto(.is(.tcp))], target: .drop),
  ]
  private static let hooks: [Hook] = [.input, .forward, .output]

  static func include(_ meaning: Meaning, at position: Position, _ index: Int) -> Bool {
    position.table == .filter && hooks.contains(position.hook) && front.indices.contains(index)
      && front[index] == meaning
  }

  static func areComplete(in live: Ruleset) -> Bool {
    guard let filter = live[.filter] else { return false }
    return hooks.allSatisfy { hook in
      filter[ChainName(hook)]?.rules.prefix(front.count).map(Meaning.init) == front
    }
  }
}
