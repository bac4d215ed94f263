import Intercept

/// What is needed to understand the kernel's events: which rule has which handle, where each chain is called, what
/// interfaces are called.
struct RuleBook {
  let live: LiveRules
  let hooks: [ChainKey: Intercept.Hook]
  let interfaces: [InterfaceIndex: Intercept.InterfaceName]
  private let indexes: [ChainKey: [Handle: Int]]

  init(
    _ live: LiveRules, _ chains: [RawChain], _ interfaces: [InterfaceIndex: Intercept.InterfaceName]
  ) {
    self.live = live
    self.interfaces = interfaces
    hooks = Dictionary(
      chains.compactMap { chain in chain.base?.hook.inModel.map { (ChainKey(chain), $0) } },
      uniquingKeysWith: { first, _ in first })
    let all = live.tables.flatMap(\.chains).map { chain in
      (
        ChainKey(chain.raw),
        Dictionary(chain.rules.enumerated().map { ($1.handle, $0 + 1) }) { first, _ in first }
      )
    }
    indexes = Dictionary(all) { first, _ in first }
  }

  /// The number of a rule in its chain, from 1.
  func index(of handle: Handle, in chain: ChainKey) -> Int? { indexes[chain]?[handle] }
}

extension ChainKey {
  fileprivate init(_ chain: RawChain) {
    self.init(family: chain.family, table: chain.table, name: chain.name)
  }

  /// The table as iptables knows it; nil if it does not.
  var iptablesTable: TableName? { RawTable(family: family, name: table).iptablesName?.1 }
}

extension BaseChain.Hook {
  /// Nil for hooks that IP packets of this host do not come to.
  fileprivate var inModel: Intercept.Hook? {
    switch self {
    case .prerouting: .prerouting
    case .input: .input
    case .forward: .forward
    case .output: .output
    case .postrouting: .postrouting
    default: nil
    }
  }
}

extension NFTablesConnection where Transport == NetlinkSocket {
  /// Reads everything that a rule book has, of one moment.
  mutating func ruleBook() throws(NetlinkError) -> RuleBook {
    var route = try RouteConnection.open()
    let names = try route.interfaces().compactMap { interface in
      Intercept.InterfaceName(interface.name).map { (interface.index, $0) }
    }
    let live = try liveRules()
    return RuleBook(live, try chains(), Dictionary(names) { first, _ in first })
  }
}
