public import NetworkValues
import NftablesModel
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

  /// The rules of an origin without those of tables that are dormant.
  public func active(_ ruleset: Ruleset, of origin: RuleOrigin = .iptablesNFT) -> Ruleset {
    let dormant = tables.filter(\.isDormant).compactMap { $0.name(in: origin, ruleset.family) }
    if dormant.isEmpty { return ruleset }
    return Ruleset(ruleset.family, tables: ruleset.tables.filter { !dormant.contains($0.name) })
  }

  /// The titles of the dormant tables that hold rules of an origin.
  public func dormantTables(with rules: Ruleset, of origin: RuleOrigin) -> [String] {
    tables.filter { table in
      table.isDormant
        && table.name(in: origin, rules.family).map { rules[$0]?.chains.isEmpty == false } == true
    }.map(\.title)
  }

  /// The titles of dormant tables, whose rules have no effect.
  public var dormantTables: [String] { tables.filter(\.isDormant).map(\.title) }

  /// True if Istio's own tables have rules.
  public var isNativeForm: Bool { !istioTables.isEmpty }
}
