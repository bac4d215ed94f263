import NetworkValues
import NftablesModel
public import RuleModel

/// The comparison of Istio's rules in two texts, one of them or both in the native form.
///
/// Both sets are lowered without their reasons, which decide about the rules that become one set, and lifted again:
/// rules with the same effect are then equal.
public struct CommonForm {
  /// The differences of Istio's rules; rules of other programs are left out.
  public let differences: RulesetDiff

  /// - Parameters:
  ///   - before: rules of iptables, or lifted ones.
  ///   - after: rules of the same family.
  public init(from before: Ruleset, to after: Ruleset) {
    let hidden = before.tablesHidingInterfaces.union(after.tablesHidingInterfaces)
    let (before, after) = (before.withoutInterfaces(in: hidden), after.withoutInterfaces(in: hidden))
    let alternatives = [
      (before, after), (before.inIstioNativeForm, after), (before, after.inIstioNativeForm),
    ]
    let plain = RulesetDiff(from: before.rulesOfIstio, to: after.rulesOfIstio)
    let common = alternatives.compactMap { before, after -> RulesetDiff? in
      guard let old = before.inCommonForm, let new = after.inCommonForm else { return nil }
      return RulesetDiff(from: old, to: new.reduced(like: old))
    }
    differences = common.reduce(plain) { $1.chains.isEmpty && !$0.chains.isEmpty ? $1 : $0 }
  }
}

extension Ruleset {
  /// Istio's rules without the additions of lifting.
  fileprivate var rulesOfIstio: Ruleset {
    owned().withoutOwnerSplits.withoutSocketConditions.reduced(like: Ruleset(family))
  }

  /// Istio's rules, lowered and lifted; nil if one of them has no native form.
  fileprivate var inCommonForm: Ruleset? {
    let native = try? NativeRuleset(lowering: [rulesOfIstio.withoutReasons])
    return native.map { Ruleset(lifting: $0, family) }
  }

  private var withoutReasons: Ruleset {
    mapChains { chain, _ in chain.rules.map(\.withoutReason) }
  }
}

extension Rule {
  /// The rule without its reason and comments, and counters.
  fileprivate var withoutReason: Rule {
    Rule(matches.filter { if case .comment = $0 { false } else { true } }, target)
  }
}
