import NetworkValues
import NftablesModel
public import RuleModel

/// The comparison of wanted rules with live ones in either form: in the tables of iptables, or in Istio's own tables of
/// nf_tables, as this program or as Istio's writes them.
public struct FormComparison: Hashable, Sendable {
  /// The differences in the form of iptables, for every family.
  public let rulesets: [RulesetDiff]
  /// The differences of Istio's own tables in the form that this program writes.
  public let native: NativeDiff
  /// True if the live rules were compared as Istio's own tables.
  public let isNative: Bool

  /// Compares rules of both families. Of several ways to compare, the one with the fewest differences counts.
  ///
  /// - Parameters:
  ///   - wanted: the wanted rules.
  ///   - live: the rules in the tables of iptables.
  ///   - tables: Istio's own tables.
  public init(wanted: [Ruleset], live: [Ruleset], native tables: [NativeTableReading]) {
    let own = tables.isEmpty ? [] : Self.comparisons(wanted, live, tables)
    let plain = FormComparison(
      wanted.map { RulesetDiff(wanted: $0, live: live[$0.family]) },
      NativeDiff(wanted: NativeRuleset(), live: tables), isNative: false)
    self = own.reduce(plain) { $1.count < $0.count ? $1 : $0 }
  }

  private init(_ rulesets: [RulesetDiff], _ native: NativeDiff, isNative: Bool) {
    (self.rulesets, self.native, self.isNative) = (rulesets, native, isNative)
  }

  /// True if nothing differs.
  public var isEmpty: Bool { native.isEmpty && rulesets.allSatisfy(\.isEmpty) }

  private var count: Int {
    rulesets.flatMap(\.chains).reduce(0) { $0 + max(1, $1.differences.count) }
      + native.chains.reduce(native.problems.count) { $0 + max(1, $1.differences.count) }
  }

  /// The comparisons as tables of this program's form, and as tables of Istio's, which has the same rules as its form
  /// of iptables.
  private static func comparisons(
    _ wanted: [Ruleset], _ live: [Ruleset], _ tables: [NativeTableReading]
  ) -> [FormComparison] {
    let nothing = wanted.map { RulesetDiff(wanted: Ruleset($0.family), live: live[$0.family]) }
    let lowered = (try? NativeRuleset(lowering: wanted)).map {
      FormComparison(nothing, NativeDiff(wanted: $0, live: tables), isNative: true)
    }
    let istio = NativeRuleset(
      tables: tables.compactMap { table in
        NativeTableName(rawValue: table.name).map { NativeTable($0, chains: table.chains) }
      })
    let lifted = wanted.map(\.inIstioNativeForm).map { wanted in
      let rules = Ruleset(lifting: istio, wanted.family).withoutOwnerSplits.withoutSocketConditions
        .reduced(like: wanted)
      return RulesetDiff(wanted: wanted, live: rules)
    }
    let asIstio = FormComparison(
      lifted, NativeDiff(wanted: NativeRuleset(), live: []), isNative: true)
    return [lowered, asIstio].compactMap(\.self)
  }
}

extension Ruleset {
  /// The rules as Istio's own program writes them to nf_tables: it drops invalid packets of TCP alone.
  var inIstioNativeForm: Ruleset {
    mapChains { chain, table in
      guard table == .mangle, chain.name == .prerouting else { return chain.rules }
      return chain.rules.map { rule in
        rule.matches == [.conntrack(ConntrackMatch(state: .is(.invalid)))]
          ? Rule(
            [.proto(.is(.tcp))] + rule.matches, rule.target, reason: rule.reason, counters: rule.counters)
          : rule
      }
    }
  }

  /// The rules with `-m owner --socket-exists` left out of negated owners. nf_tables has that condition by itself, and
  /// Istio's rules for iptables do not.
  var withoutSocketConditions: Ruleset {
    mapChains { chain, _ in chain.rules.map(\.withoutSocketCondition) }
  }

  func mapChains(_ transform: (Chain, TableName) -> [Rule]) -> Ruleset {
    Ruleset(
      family,
      tables: tables.map { table in
        Table(
          table.name,
          chains: table.chains.map { Chain($0.name, policy: $0.policy, rules: transform($0, table.name)) })
      })
  }
}

extension Rule {
  /// The rule without `-m owner --socket-exists` besides an owner.
  fileprivate var withoutSocketCondition: Rule {
    let matches = matches.map { match -> Match in
      guard case .owner(let owner) = match, owner.socketExists == true,
        let plain = OwnerMatch(user: owner.user, group: owner.group)
      else { return match }
      return .owner(plain)
    }
    return Rule(matches, target, reason: reason, counters: counters)
  }
}
