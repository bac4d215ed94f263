import Intercept

/// What is needed to understand the kernel's events: which rule has which handle, where each chain is called, what
/// interfaces are called.
///
/// Where the native form's tables are, it is their rules, in iptables' terms; the tables of iptables are others then.
struct RulesetSnapshot {
  let generation: Generation
  /// The rules of the family that is watched.
  let rules: Ruleset
  let hooks: [ChainKey: Intercept.Hook]
  let interfaces: [InterfaceIndex: Intercept.InterfaceName]
  private let isNative: Bool
  /// In `rules`, which of a chain each rule of the kernel's is.
  private let numbers: [ChainKey: [Handle: Range<Int>]]

  init(
    _ live: LiveRules, _ family: IPFamily, _ chains: [RawChain],
    _ interfaces: [InterfaceIndex: Intercept.InterfaceName]
  ) {
    generation = live.generation
    self.interfaces = interfaces
    hooks = Dictionary(
      chains.compactMap { chain in chain.base?.hook.inModel.map { (ChainKey(chain), $0) } },
      uniquingKeysWith: { first, _ in first })
    isNative = !live.nativeTables.isEmpty
    rules = isNative ? Ruleset(lifting: LiveInterception(live).nativeRules, family) : live[family]
    let all = isNative ? live.nativeTables.flatMap { $0.numbers(family) } : live.tables.flatMap(\.numbers)
    numbers = Dictionary(all) { first, _ in first }
  }

  /// The numbers in its chain, from 1, of the rules that stand for one; nil for one that is gone, or not read.
  func rules(for handle: Handle, in chain: ChainKey) -> Range<Int>? { numbers[chain]?[handle] }

  /// The table whose part in a packet's way a chain has; nil if its rules are not read.
  func table(of chain: ChainKey) -> TableName? {
    guard isNative else { return RawTable(family: chain.family, name: chain.table).iptablesName?.1 }
    return chain.family == .inet ? NativeTableName(rawValue: chain.table)?.iptablesName : nil
  }

  /// What a chain is called in `rules`.
  func name(of chain: ChainKey) -> String {
    guard isNative, table(of: chain) != nil else { return chain.name }
    return hooks[chain]?.rawValue ?? LiftedPlaces.name(of: chain.name)
  }

  /// What a rule does, with the names that chains have in `rules`.
  func inModel(_ effect: KernelVerdict) -> KernelVerdict {
    guard isNative else { return effect }
    switch effect {
    case .jump(let chain): return .jump(LiftedPlaces.name(of: chain))
    case .goto(let chain): return .goto(LiftedPlaces.name(of: chain))
    case .accept, .drop, .return, .continue, .other: return effect
    }
  }
}

extension LiveTable {
  fileprivate var numbers: [(ChainKey, [Handle: Range<Int>])] {
    chains.map { chain in
      let numbers = chain.rules.enumerated().map { ($1.handle, $0 + 1..<$0 + 2) }
      return (ChainKey(chain.raw), Dictionary(numbers) { first, _ in first })
    }
  }
}

extension LiveNativeTable {
  /// The model's chains have the rules of the kernel's, one for one.
  fileprivate func numbers(_ family: IPFamily) -> [(ChainKey, [Handle: Range<Int>])] {
    let known = Dictionary(reading.chains.map { ($0.name.text, $0) }) { first, _ in first }
    return chains.compactMap { chain in
      guard let numbers = known[chain.raw.name].map({ LiftedPlaces($0, family).numbers }) else { return nil }
      let pairs = zip(chain.rules, numbers).compactMap { rule, numbers in rule.handle.map { ($0, numbers) } }
      return (ChainKey(chain.raw), Dictionary(pairs) { first, _ in first })
    }
  }
}

extension ChainKey {
  fileprivate init(_ chain: RawChain) {
    self.init(family: chain.family, table: chain.table, name: chain.name)
  }
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
  mutating func ruleBook(_ family: IPFamily) throws(NetlinkError) -> RulesetSnapshot {
    var route = try RouteConnection.open()
    let names = try route.interfaces().compactMap { interface in
      Intercept.InterfaceName(interface.name).map { (interface.index, $0) }
    }
    let live = try liveRules()
    return RulesetSnapshot(live, family, try chains(), Dictionary(names) { first, _ in first })
  }
}
