import NetworkValues
import RuleModel

/// The tables of two families in one, where packets of both meet the same chains.
///
/// A rule that both families have stands once; another one is for its family alone. In between the rules of each
/// family keep their order.
enum FamilyMerge {
  static func merged(_ ipv4: LoweredTable?, _ ipv6: LoweredTable?) -> LoweredTable {
    let first = ipv4?.chains ?? []
    let others = ipv6?.chains.filter { ipv4?[$0.name] == nil } ?? []
    let chains = (first + others).map { chain in
      LoweredChain(
        name: chain.name, hook: chain.hook,
        rules: rules(isBase: chain.hook != nil, ipv4?[chain.name]?.rules, ipv6?[chain.name]?.rules))
    }
    return LoweredTable(chains: chains.sorted { $0.precedes($1) })
  }

  /// - Parameter isBase: whether the kernel calls the chain, for packets of every family.
  private static func rules(isBase: Bool, _ ipv4: [LoweredRule]?, _ ipv6: [LoweredRule]?) -> [LoweredRule] {
    // A chain of one family alone is called by that family's rules alone.
    guard isBase || ipv4 != nil && ipv6 != nil else { return ipv4 ?? ipv6 ?? [] }
    return zipped(ipv4 ?? [], ipv6 ?? [])
  }

  private static func zipped(_ ipv4: [LoweredRule], _ ipv6: [LoweredRule]) -> [LoweredRule] {
    var rules: [LoweredRule] = []
    var mine: [LoweredRule] = []
    var rest = ipv6[...]
    for rule in ipv4 {
      guard let twin = rest.firstIndex(where: { $0.isSame(as: rule) }) else {
        mine.append(rule)
        continue
      }
      rules += inTurn(mine, Array(rest[..<twin])) + [rule]
      mine = []
      rest = rest[(twin + 1)...]
    }
    return rules + inTurn(mine, Array(rest))
  }

  /// The rules of one family and of the other, side by side where they are likely to be about the same thing.
  private static func inTurn(_ ipv4: [LoweredRule], _ ipv6: [LoweredRule]) -> [LoweredRule] {
    (0..<max(ipv4.count, ipv6.count)).flatMap { index in
      ipv4.dropFirst(index).prefix(1).map { $0.only(.ipv4) }
        + ipv6.dropFirst(index).prefix(1).map { $0.only(.ipv6) }
    }
  }
}

extension LoweredChain {
  /// The order of listings: the chains at hooks as packets meet them, then the others by name.
  fileprivate func precedes(_ other: LoweredChain) -> Bool {
    switch (hook, other.hook) {
    case (let mine?, let other?): ChainName(mine) < ChainName(other)
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): name.text.utf8.lexicographicallyPrecedes(other.name.text.utf8)
    }
  }
}
