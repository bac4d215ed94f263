/// Six rules with which Istio drops everything while it replaces its rules; left behind where it was killed
/// half-way.
///
/// Each of them alone is a rule that anybody may have written, so they count only all together: Istio puts
/// them in, and takes them out, in one transaction.
enum KnownGuardRails {
  private static let meanings: Set<Meaning> = [
    Meaning(facts: [.proto(.is(.tcp))], target: .drop), Meaning(facts: [.proto(.is(.udp))], target: .drop),
  ]
  private static let hooks: [Hook] = [.input, .forward, .output]

  static func include(_ meaning: Meaning, at position: Position) -> Bool {
    position.table == .filter && hooks.contains(position.hook) && meanings.contains(meaning)
  }

  static func areComplete(in live: Ruleset) -> Bool {
    hooks.allSatisfy { hook in
      guard let chain = live[.filter, ChainName(hook)] else { return false }
      return meanings.isSubset(of: chain.rules.lazy.filter { $0.target == .drop }.map(Meaning.init))
    }
  }
}
