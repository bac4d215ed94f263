import Intercept
import KernelRules
import NFTables
import Netlink
import RouteNetlink

/// Handles, hooks and interface names of one generation, for decoding trace events.
///
/// If there are tables in nftables form, the rules are those of these tables, lifted to the rule model; the tables of iptables are
/// foreign then.
struct RulesetSnapshot {
  let generation: Generation
  /// The rules of the traced family.
  let rules: Ruleset
  let hooks: [ChainKey: Hook]
  let interfaces: [InterfaceIndex: InterfaceName]
  /// Every table of nf_tables.
  private let tables: NftRuleset
  private let isNative: Bool
  /// The numbers in `rules` of the kernel's rules, by chain and handle.
  private let numbers: [ChainKey: [Handle: Range<Int>]]

  init(
    _ live: LiveRules, _ family: IPFamily, _ chains: [RawChain], _ tables: NftRuleset,
    _ interfaces: [InterfaceIndex: InterfaceName]
  ) {
    generation = live.generation
    (self.interfaces, self.tables) = (interfaces, tables)
    hooks = Dictionary(
      chains.compactMap { chain in chain.base?.hook.inModel.map { (ChainKey(chain), $0) } },
      uniquingKeysWith: { first, _ in first })
    isNative = !live.nativeTables.isEmpty
    rules = isNative ? Ruleset(lifting: LiveInterception(live).nativeRules, family) : live[family]
    let all = isNative ? live.nativeTables.flatMap { $0.numbers(family) } : live.tables.flatMap(\.numbers)
    numbers = Dictionary(all) { first, _ in first }
  }

  /// The numbers in their chain, from 1, of the model's rules for a rule of the kernel; nil if it is unknown.
  func rules(for handle: Handle, in chain: ChainKey) -> Range<Int>? { numbers[chain]?[handle] }

  /// The text of a rule of a foreign table, as `nft` prints it; nil if it is unknown.
  func text(of handle: Handle, in chain: ChainKey) -> String? {
    guard table(of: chain) == nil, let family = NftFamily(rawValue: "\(chain.family)") else { return nil }
    return tables[family, chain.table]?[chain: chain.name]?.rules.first { $0.handle == handle.rawValue }?.text
  }

  /// The iptables table that a chain belongs or corresponds to; nil for a foreign table.
  func table(of chain: ChainKey) -> TableName? {
    guard isNative else { return RawTable(family: chain.family, name: chain.table).iptablesName?.1 }
    return chain.family == .inet ? NativeTableName(rawValue: chain.table)?.iptablesName : nil
  }

  /// The name of a chain in `rules`.
  func name(of chain: ChainKey) -> String {
    guard isNative, table(of: chain) != nil else { return chain.name }
    return hooks[chain]?.rawValue ?? LiftedPlaces.name(of: chain.name)
  }

  /// The effect of a rule, with the names of chains in `rules`.
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
  /// The numbers of the rules, which correspond one to one.
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

extension BaseChain.HookNumber {
  /// Nil for hooks other than the five of IP.
  fileprivate var inModel: Hook? {
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
  /// Reads a snapshot of one generation, again while other programs change the rules.
  mutating func rulesetSnapshot(_ family: IPFamily) throws(NetlinkError) -> RulesetSnapshot {
    var attempts = RetryLoop(for: .seconds(5))
    while attempts.goOn() {
      do throws(NetlinkError) {
        return try readSnapshot(family)
      } catch {
        guard case .unstable = error.failure else { throw error }
      }
    }
    throw NetlinkError("read the rule set", "", .unstable(attempts: attempts.count))
  }

  private mutating func readSnapshot(_ family: IPFamily) throws(NetlinkError) -> RulesetSnapshot {
    var route = try RouteConnection.open()
    let names = try route.interfaces().compactMap { interface in
      InterfaceName(interface.name).map { (interface.index, $0) }
    }
    let live = try liveRules()
    return RulesetSnapshot(
      live, family, try chains(), try nftRuleset(), Dictionary(names) { first, _ in first })
  }
}
