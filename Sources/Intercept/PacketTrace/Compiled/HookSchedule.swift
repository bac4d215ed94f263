import NftablesRuleset
import RuleModel

/// The functions of a hook in the order of evaluation: chains by priority, connection tracking and NAT among them.
struct HookSchedule: Sendable {
  /// A base chain of either kind of table.
  struct BaseChain: Sendable {
    enum Number: Sendable {
      case iptables(Int)
      case nftables(Int)
    }

    let number: Number
    let table: TracedTable
    let name: String
    /// True if a change of the mark repeats the route lookup (`type route`).
    let reroutes: Bool
    /// The policy of a chain of nf_tables.
    let policy: Policy?
  }

  enum Entry: Sendable {
    case chain(BaseChain)
    /// Connection tracking (`NF_IP_PRI_CONNTRACK`).
    case tracking
    /// The chains of type nat. The kernel calls all of them at its own priority of NAT, in the order of their priorities.
    case nat([BaseChain])
  }

  let entries: [Entry]

  /// - Parameters:
  ///   - isLegacyFirst: true if the chains of iptables-legacy precede those of nf_tables with equal priority.
  ///   - isLegacy: true if the tables of the rule set are those of iptables-legacy.
  ///   - entry: returns the number of the base chain of an iptables table at the hook, of iptables-legacy or not; nil if
  ///     there is none.
  init(
    _ hook: Hook, _ nftables: CompiledNftables, isLegacyFirst: Bool, isLegacy isOfLegacy: Bool,
    entry: (TableName, Bool) -> Int?
  ) {
    var chains: [(priority: Int32, order: Int, isNAT: Bool, chain: BaseChain)] = []
    for table in TableName.allCases {
      for isLegacy in [false, true] {
        guard let number = entry(table, isLegacy) else { continue }
        let chain = BaseChain(
          number: .iptables(number), table: TracedTable(table, isLegacy: isLegacy), name: hook.rawValue,
          reroutes: table == .mangle && hook == .output, policy: nil)
        let order =
          isLegacy || isOfLegacy ? (isLegacyFirst ? Int.max : -2) : nftables.iptablesOrder[table] ?? -1
        chains.append((table.priority(at: hook), order, table == .nat, chain))
      }
    }
    for (number, order) in nftables.bases {
      let compiled = nftables.chains[number]
      guard let base = compiled.base, base.hook == hook else { continue }
      let chain = BaseChain(
        number: .nftables(number), table: .nftables(nftables.tables[compiled.table].title),
        name: compiled.name,
        reroutes: base.kind == .route, policy: base.policy)
      chains.append((base.priority, order, base.kind == .nat, chain))
    }
    // Of equal priorities the kernel calls the chain first that was registered last (`nf_hook_entries_grow`).
    chains = chains.enumerated().sorted {
      ($0.element.priority, -$0.element.order, -$0.offset) < (
        $1.element.priority, -$1.element.order, -$1.offset
      )
    }.map(\.element)
    var timed: [(priority: Int32, entry: Entry)] = chains.filter { !$0.isNAT }.map {
      ($0.priority, .chain($0.chain))
    }
    let nat = chains.filter(\.isNAT).map(\.chain)
    if hook == .prerouting || hook == .output { timed.append((-200, .tracking)) }
    if hook != .forward { timed.append((TableName.nat.priority(at: hook), .nat(nat))) }
    entries = timed.enumerated().sorted {
      ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
    }
    .map(\.element.entry)
  }
}
