import NetworkValues
import RuleModel

/// A chain on its way to the native form.
struct LoweredChain {
  let name: NativeChainName
  /// Where the kernel calls it, if it does.
  let hook: Hook?
  var rules: [LoweredRule]

  /// Whether some of its packets go on with another chain.
  func goes(to name: NativeChainName) -> Bool { rules.contains { $0.statements.last == .goto(name) } }
}

extension LoweredChain {
  /// - Throws: if a rule has no native form.
  init(_ name: NativeChainName, _ chain: Chain, _ family: IPFamily) throws(NativeFormError) {
    self.init(name: name, hook: chain.name.hook, rules: [])
    rules.reserveCapacity(chain.rules.count)
    // Long runs of rules have one target.
    var (target, statements) = (Target.none, [NativeStatement]())
    for rule in chain.rules {
      if rule.target != target { (target, statements) = (rule.target, try rule.target.statements()) }
      try LoweredRule.add(rule, statements, family, to: &rules)
    }
  }
}

/// A table on its way to the native form: still of one family, or already of both.
struct LoweredTable {
  private(set) var chains: [LoweredChain] = []

  init(chains: [LoweredChain]) {
    self.chains = chains
  }

  /// - Throws: if a rule or a name has no native form, or a built-in chain does not accept what its rules leave.
  init(_ table: Table, _ family: IPFamily) throws(NativeFormError) {
    for chain in table.chains {
      guard chain.policy == .accept else {
        throw .noForm("-P \(chain.name) DROP", "it would be the policy of both families")
      }
      let name = try NativeChainName(lowering: chain.name)
      guard self[name] == nil else { throw .noForm(name.text, "two chains would have that name") }
      chains.append(try LoweredChain(name, chain, family))
    }
  }

  subscript(name: NativeChainName) -> LoweredChain? { chains.first { $0.name == name } }

  /// The same with packets without an owner treated as iptables treats them, and many rules made one where they do
  /// the same.
  var finished: LoweredTable {
    let settled = LoweredTable(chains: PacketsWithoutSocket.settled(chains))
    let effects = ChainEffects(settled.chains)
    let gathered = settled.chains.map {
      LoweredChain(name: $0.name, hook: $0.hook, rules: RuleGroups.gathered($0.rules, effects))
    }
    // A chain for those who go round a rule comes behind the one it is called by, if by any now.
    return LoweredTable(
      chains: gathered.reduce(into: []) { kept, chain in
        if self[chain.name] != nil || kept.contains(where: { $0.goes(to: chain.name) }) { kept.append(chain) }
      })
  }

  /// The chains as the kernel gets them.
  func native(_ name: NativeTableName) -> NativeTable {
    NativeTable(
      name,
      chains: chains.map { chain in
        NativeChain(
          chain.name, base: chain.hook.map { NativeBaseChain(name, $0) }, rules: chain.rules.map(\.native))
      })
  }
}
