package import Intercept
package import RuleEncoding

/// The wanted rules in one backend, as read back from the kernel; computed once for any number of plans. No Istio
/// rules are wanted in the other backend, nor in families without rules.
package struct WantedRules: Hashable, Sendable {
  /// The wanted rules of the iptables-nft backend, at most one set per family.
  package let rulesets: [Ruleset]
  /// The wanted rules of the nftables backend.
  package let native: NativeRuleset
  /// Rules to treat as Istio's besides those that show it, at most one set per family.
  let known: [Ruleset]

  /// No rules.
  ///
  /// - Parameter known: rules to treat as Istio's besides those that show it.
  static func none(knowing known: [Ruleset] = []) -> WantedRules {
    WantedRules(rulesets: [], native: NativeRuleset(), known: known)
  }

  private init(rulesets: [Ruleset], native: NativeRuleset, known: [Ruleset]) {
    (self.rulesets, self.native, self.known) = (rulesets, native, known)
  }

  /// Rules of the iptables-nft backend.
  ///
  /// - Throws: ``RuleEncodingError`` if a rule cannot be encoded.
  package init(_ rulesets: [Ruleset]) throws(RuleEncodingError) {
    var kept: [Ruleset] = []
    for ruleset in rulesets { kept.append(try ruleset.asKept()) }
    self.init(rulesets: kept, native: NativeRuleset(), known: kept)
  }

  /// Rules of the nftables backend.
  ///
  /// - Throws: `NativeFormError` if a rule has no nftables form.
  package init(native rulesets: [Ruleset]) throws(NativeFormError) {
    // Istio's own chains, which may have thousands of rules, show their owner by name.
    let known = rulesets.map(\.builtinChains).map { (try? $0.asKept()) ?? $0 }
    self.init(rulesets: [], native: try NativeRuleset(lowering: rulesets), known: known)
  }

  subscript(family: IPFamily) -> Ruleset { rulesets[family] }
}

extension Ruleset {
  /// The rules in chains that are not Istio's.
  fileprivate var builtinChains: Ruleset {
    Ruleset(
      family, tables: tables.map { Table($0.name, chains: $0.chains.filter { !$0.name.isIstio }) })
  }

  /// The rule set as read back from the kernel.
  ///
  /// - Throws: ``RuleEncodingError`` if it cannot be encoded.
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

/// The part of a plan for tables in nftables form, which are Istio's as a whole: a differing one is replaced.
struct NativePlan {
  private(set) var removing: [PlanOperation] = []
  private(set) var making: [PlanOperation] = []

  /// - Parameters:
  ///   - live: the live tables.
  ///   - wanted: the wanted tables.
  ///   - rewrites: keeps no table, even right ones.
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
  /// The operations that create the table: chains first, since rules refer to them.
  fileprivate var making: [PlanOperation] {
    let empty = chains.map { PlanOperation.makeNativeChain($0.name, $0.base, name) }
    let rules = chains.flatMap { chain in
      chain.rules.map { PlanOperation.addNativeRule($0, chain.name, name) }
    }
    return [.makeNativeTable(name)] + empty + rules
  }
}
