public import Intercept

/// A rule outside Istio's chains that drops or rejects packets.
public enum DroppingRule: Hashable, Sendable {
  case iptables(IPFamily, RulePlace)
  /// Family and name of the table, and the rule's handle.
  case nftables(table: String, handle: UInt64)
}

/// The packets that dropping rules have counted, to compare them before and after a connection.
public struct DropCounts: Sendable {
  private var packets: [DroppingRule: UInt64] = [:]

  /// - Parameter facts: the facts with the rules.
  public init(_ facts: PodFacts) {
    for (ruleset, isLegacy) in facts.rulesets.map({ ($0, false) }) + facts.legacyRulesets.map({ ($0, true) })
    {
      count(ruleset, isLegacy: isLegacy)
    }
    for chain in facts.foreignChains {
      for rule in chain.rules where rule.effect == .drop || rule.effect == .reject {
        guard let handle = rule.handle else { continue }
        packets[.nftables(table: chain.table, handle: handle)] = rule.packets
      }
    }
  }

  private mutating func count(_ ruleset: Ruleset, isLegacy: Bool) {
    for table in ruleset.tables {
      for chain in table.chains {
        for (index, rule) in chain.rules.enumerated() where rule.target.drops {
          let place = RulePlace(
            table: TracedTable(table.name, isLegacy: isLegacy), chain: chain.name.text,
            index: index + 1)
          packets[.iptables(ruleset.family, place)] = rule.counters?.packets
        }
      }
    }
  }

  /// The rules that have counted packets since an earlier reading.
  public func risen(since earlier: DropCounts) -> Set<DroppingRule> {
    Set(packets.filter { rule, count in earlier.packets[rule].map { count > $0 } ?? false }.keys)
  }
}
