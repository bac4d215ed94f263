import NetworkValues
public import RuleModel

extension NativeRuleset {
  /// The native form of the rules of one family, or of both.
  ///
  /// Both forms give the same verdict for every packet; packets of a family without rules are accepted. Rules that do
  /// the same to packets that differ in one address, port or owner become one rule over a set, so that the cost of a
  /// connection does not grow with their number.
  ///
  /// - Throws: `NativeFormError` if a rule has no native form.
  public init(lowering rulesets: [Ruleset]) throws(NativeFormError) {
    var tables: [NativeTable] = []
    for ruleset in rulesets {
      for table in ruleset.tables
      where !NativeTableName.allCases.contains(where: { $0.iptablesName == table.name }) {
        throw .noForm("-t \(table.name.rawValue)", "the native form has raw, mangle and nat")
      }
    }
    for name in NativeTableName.allCases {
      let ipv4 = try LoweredTable(rulesets, .ipv4, name)
      let ipv6 = try LoweredTable(rulesets, .ipv6, name)
      tables.append(LoweredTable(merging: ipv4, ipv6).native(name))
    }
    self.init(tables: tables)
  }
}

extension LoweredTable {
  /// A table of one family; nil if the family has no such table.
  fileprivate init?(_ rulesets: [Ruleset], _ family: IPFamily, _ name: NativeTableName)
    throws(NativeFormError)
  {
    guard let table = rulesets.first(where: { $0.family == family })?[name.iptablesName] else { return nil }
    self = try LoweredTable(table, family).optimized
  }

  /// The tables of two families as one. A rule of both families occurs once; any other rule matches its own family
  /// alone. The rules of each family keep their order.
  fileprivate init(merging ipv4: LoweredTable?, _ ipv6: LoweredTable?) {
    let first = ipv4?.chains ?? []
    let others = ipv6?.chains.filter { ipv4?[$0.name] == nil } ?? []
    let chains = (first + others).map { chain in
      LoweredChain(
        name: chain.name, hook: chain.hook,
        rules: Self.rules(isBase: chain.hook != nil, ipv4?[chain.name]?.rules, ipv6?[chain.name]?.rules))
    }
    self.init(chains: chains.sorted { $0.precedes($1) })
  }

  /// - Parameter isBase: true for a chain at a hook, which receives packets of every family.
  private static func rules(isBase: Bool, _ ipv4: [LoweredRule]?, _ ipv6: [LoweredRule]?) -> [LoweredRule] {
    // A chain of one family alone is called by rules of that family alone.
    guard isBase || ipv4 != nil && ipv6 != nil else { return ipv4 ?? ipv6 ?? [] }
    return merged(ipv4 ?? [], ipv6 ?? [])
  }

  private static func merged(_ ipv4: [LoweredRule], _ ipv6: [LoweredRule]) -> [LoweredRule] {
    var rules: [LoweredRule] = []
    var unmatched: [LoweredRule] = []
    var rest = ipv6[...]
    for rule in ipv4 {
      guard let twin = rest.firstIndex(where: { $0.isSame(as: rule) }) else {
        unmatched.append(rule)
        continue
      }
      rules += interleaved(unmatched, Array(rest[..<twin])) + [rule]
      unmatched = []
      rest = rest[(twin + 1)...]
    }
    return rules + interleaved(unmatched, Array(rest))
  }

  /// Rules of both families in turn, since those at the same position often have the same purpose.
  private static func interleaved(_ ipv4: [LoweredRule], _ ipv6: [LoweredRule]) -> [LoweredRule] {
    (0..<max(ipv4.count, ipv6.count)).flatMap { index in
      ipv4.dropFirst(index).prefix(1).map { $0.only(.ipv4) }
        + ipv6.dropFirst(index).prefix(1).map { $0.only(.ipv6) }
    }
  }
}

extension LoweredChain {
  /// The order of listings: base chains in the order in which packets traverse them, then the others by name.
  fileprivate func precedes(_ other: LoweredChain) -> Bool {
    switch (hook, other.hook) {
    case (let hook?, let otherHook?): ChainName(hook) < ChainName(otherHook)
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): name.text.utf8.lexicographicallyPrecedes(other.name.text.utf8)
    }
  }
}
