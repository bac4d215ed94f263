public import NetworkValues
public import NftablesModel
public import RuleModel

extension NftRuleset {
  /// The rules that packets of a family meet in the tables of iptables: those tables themselves or, if Istio's own
  /// tables have chains, those in the form of iptables.
  ///
  /// Tables that are dormant have no effect and are left out.
  public func rules(_ family: IPFamily) -> Ruleset {
    let active = NftRuleset(tables: tables.filter { !$0.isDormant })
    let istio = active.istioTables
    return istio.isEmpty ? active.iptablesTables(family) : Ruleset(lifting: istio, family)
  }

  /// The rules of tables of iptables without those that are dormant.
  public func active(_ ruleset: Ruleset) -> Ruleset {
    let dormant = tables.filter(\.isDormant).compactMap { table -> TableName? in
      guard let (family, name) = table.iptablesName, family == ruleset.family else { return nil }
      return name
    }
    return Ruleset(ruleset.family, tables: ruleset.tables.filter { !dormant.contains($0.name) })
  }

  /// Istio's own tables without those that are dormant.
  public func active(_ native: NativeRuleset) -> NativeRuleset {
    let dormant = Set(tables.lazy.filter { $0.isDormant && $0.family == .inet }.map(\.name))
    return NativeRuleset(tables: native.tables.filter { !dormant.contains($0.name.kernelName) })
  }

  /// The titles of dormant tables, whose rules have no effect.
  public var dormantTables: [String] { tables.filter(\.isDormant).map(\.title) }

  /// True if Istio's own tables have rules.
  public var isNativeForm: Bool { !istioTables.isEmpty }
}
