public import NetworkValues
public import NftablesModel
public import RuleModel

extension NftTable {
  /// The name of Istio's own table that this one is; nil for other tables.
  public var istioName: NativeTableName? {
    family == .inet ? NativeTableName(rawValue: name) : nil
  }

  /// Family and name of the table of iptables-nft that this one is; nil for other tables.
  public var iptablesName: (IPFamily, TableName)? {
    guard let table = TableName(rawValue: name) else { return nil }
    switch family {
    case .ip: return (.ipv4, table)
    case .ip6: return (.ipv6, table)
    case .inet, .arp, .bridge, .netdev: return nil
    }
  }

  /// True if the table is neither Istio's nor of iptables-nft. A table with a name of iptables counts as foreign if
  /// its base chains are not those of iptables-nft.
  public var isForeign: Bool { istioName == nil && !isOfIptables }

  /// True if every base chain has name, type and priority of a built-in chain of iptables-nft.
  public var isOfIptables: Bool {
    guard let (_, name) = iptablesName else { return false }
    return sets.isEmpty && chains.allSatisfy { $0.isOfIptables(name) }
  }
}

extension NftChain {
  fileprivate func isOfIptables(_ table: TableName) -> Bool {
    guard let base else { return ChainName(name) != nil && Hook(rawValue: name) == nil }
    guard let hook = base.hook, hook.rawValue == name, table.hooks.contains(hook) else { return false }
    return base.priority == table.priority(at: hook)
      && base.kind == (table == .nat ? .nat : table == .mangle && hook == .output ? .route : .filter)
  }
}

extension TableName {
  /// The priority of the table's chain at a hook (`NF_IP_PRI_*`).
  public func priority(at hook: Hook) -> Int32 {
    switch self {
    case .raw: -300
    case .mangle: -150
    case .nat: hook == .input || hook == .postrouting ? 100 : -100
    case .filter: 0
    case .security: 50
    }
  }
}

extension NftRuleset {
  /// Istio's own tables, in the model of the native form.
  public var istioTables: NativeRuleset {
    NativeRuleset(
      tables: tables.compactMap { table in
        table.istioName.map { NativeTable($0, chains: table.nativeChains) }
      })
  }

  /// The tables of iptables-nft of one family, as `iptables-save` shows them.
  ///
  /// `nft` does not print the arguments of some targets (`xt target CT`); they are kept as opaque text.
  public func iptablesTables(_ family: IPFamily) -> Ruleset {
    Ruleset(
      family,
      tables: tables.compactMap { table in
        guard table.isOfIptables, let (own, name) = table.iptablesName, own == family else { return nil }
        return Table(name, chains: table.chains.compactMap { $0.iptablesChain(in: table, family) })
      })
  }

  /// The tables that are neither Istio's nor of iptables-nft, and those that are dormant.
  public var foreignTables: NftRuleset { NftRuleset(tables: tables.filter(\.isForeign)) }
}

extension NftTable {
  fileprivate var nativeChains: [NativeChain] {
    chains.compactMap { chain in
      guard let name = NativeChainName(chain.name) else { return nil }
      let base = chain.base.flatMap { base in
        base.hook.flatMap { hook in
          NativeBaseChain.Kind(rawValue: base.kind.rawValue).map {
            NativeBaseChain($0, hook, priority: base.priority, policy: base.policy)
          }
        }
      }
      return NativeChain(name, base: base, rules: chain.rules.map { NativeRule($0, in: self) })
    }
  }
}

extension NftChain {
  fileprivate func iptablesChain(in table: NftTable, _ family: IPFamily) -> Chain? {
    guard let name = ChainName(name) else { return nil }
    return Chain(
      name, policy: base?.policy ?? .accept,
      rules: rules.flatMap { $0.iptablesRules(in: table, family) })
  }
}
