package import Intercept

/// Rules that somebody wants, in one form, as the kernel will give them back: found out once, however often a plan is
/// made. In the other form, and in families without rules, nothing of ours shall be there.
package struct WantedRules: Hashable, Sendable {
  /// What shall be there in the form of iptables-nft, at most one per family.
  package let rulesets: [Ruleset]
  /// What shall be there in the native form.
  package let native: NativeRuleset
  /// Rules by which ours are known where they do not show it themselves, at most one set per family.
  let known: [Ruleset]

  /// Nothing is wanted.
  ///
  /// - Parameter known: rules that are ours, besides those that tell it themselves.
  static func none(knowing known: [Ruleset] = []) -> WantedRules {
    WantedRules(rulesets: [], native: NativeRuleset(), known: known)
  }

  private init(rulesets: [Ruleset], native: NativeRuleset, known: [Ruleset]) {
    (self.rulesets, self.native, self.known) = (rulesets, native, known)
  }

  /// Rules in the form of iptables-nft.
  ///
  /// - Throws: ``RuleEncodingError`` if a rule can never be in the kernel.
  package init(_ rulesets: [Ruleset]) throws(RuleEncodingError) {
    var kept: [Ruleset] = []
    for ruleset in rulesets { kept.append(try ruleset.asKept()) }
    self.init(rulesets: kept, native: NativeRuleset(), known: kept)
  }

  /// Rules in the native form.
  ///
  /// - Throws: `NativeFormError` if a rule has no native form.
  package init(native rulesets: [Ruleset]) throws(NativeFormError) {
    // Istio's own chains show whose they are; theirs may be thousands of rules.
    let known = rulesets.map(\.builtinChains).map { (try? $0.asKept()) ?? $0 }
    self.init(rulesets: [], native: try NativeRuleset(lowering: rulesets), known: known)
  }

  subscript(family: IPFamily) -> Ruleset { rulesets[family] }
}

extension [Ruleset] {
  /// The one of a family, which may be empty.
  subscript(family: IPFamily) -> Ruleset { first { $0.family == family } ?? Ruleset(family) }
}

extension Ruleset {
  /// What the rule set puts into chains that are not Istio's.
  fileprivate var builtinChains: Ruleset {
    Ruleset(
      family, tables: tables.map { Table($0.name, chains: $0.chains.filter { !$0.name.isIstio }) })
  }

  /// The rule set as it reads once it has been in the kernel.
  ///
  /// - Throws: ``RuleEncodingError`` if it can never be there.
  package func asKept() throws(RuleEncodingError) -> Ruleset {
    var tables: [Table] = []
    for table in self.tables {
      var chains: [Chain] = []
      for chain in table.chains { chains.append(try chain.asKept(family)) }
      tables.append(Table(table.name, chains: chains))
    }
    return Ruleset(family, tables: tables)
  }
}

extension Chain {
  fileprivate func asKept(_ family: IPFamily) throws(RuleEncodingError) -> Chain {
    var kept: [Rule] = []
    for rule in rules { kept.append(try rule.asKept(family)) }
    return Chain(name, policy: policy, rules: kept)
  }
}

/// The part of a plan that is about tables of the native form. They are ours as a whole: one that is not as it should
/// be is made anew.
struct NativePlan {
  private(set) var removing: [PlanOperation] = []
  private(set) var making: [PlanOperation] = []

  /// - Parameters:
  ///   - live: the tables there are.
  ///   - wanted: those that should be there.
  ///   - rewrites: keeps none, even right ones.
  init(live: [NativeTableReading], wanted: NativeRuleset, rewrites: Bool) {
    let right = rewrites ? [] : wanted.tables.filter { Self.isThere($0, in: live) }
    let kept = Set(right.map(\.name.kernelName))
    removing = live.filter { !kept.contains($0.name) }.map { .deleteNativeTable(name: $0.name) }
    making = wanted.tables.filter { !kept.contains($0.name.kernelName) }.flatMap(\.making)
  }

  var operations: [PlanOperation] { removing + making }

  private static func isThere(_ table: NativeTable, in live: [NativeTableReading]) -> Bool {
    let same = live.filter { $0.name == table.name.kernelName }
    return NativeDiff(wanted: NativeRuleset(tables: [table]), live: same).isEmpty
  }
}

extension NativeTable {
  /// Chains first, since rules name them.
  fileprivate var making: [PlanOperation] {
    let empty = chains.map { PlanOperation.makeNativeChain($0.name, $0.base, name) }
    let rules = chains.flatMap { chain in
      chain.rules.map { PlanOperation.addNativeRule($0, chain.name, name) }
    }
    return [.makeNativeTable(name)] + empty + rules
  }
}
