import CNetfilter
public import Intercept
import NFTables
public import Namespaces
public import Netlink

extension NetworkNamespace {
  /// The base chains of other programs' tables in nf_tables that handle IPv4 or IPv6 packets.
  public static func foreignBaseChains() throws(NetlinkError) -> [ForeignBaseChain] {
    var connection = try KernelConnection.open()
    let tables = try connection.tables().filter(\.isForeign)
    guard !tables.isEmpty else { return [] }
    let chains = try connection.chains()
    var found: [ForeignBaseChain] = []
    for table in tables {
      let own = chains.filter { $0.family == table.family && $0.table == table.name }
      let rules = try connection.rules(table.family, table: table.name)
      found += own.compactMap { ForeignBaseChain($0, in: own, rules) }
    }
    return found
  }
}

extension RawTable {
  /// True for an active table of family inet, ip or ip6 that neither iptables nor Istio owns.
  fileprivate var isForeign: Bool {
    let isActive = flags & UInt32(NFT_TABLE_F_DORMANT.rawValue) == 0
    return isActive && iptablesName == nil && !isNativeForm && [.inet, .ip, .ip6].contains(family)
  }
}

extension ForeignBaseChain {
  /// Nil for a chain without a hook.
  fileprivate init?(_ chain: RawChain, in all: [RawChain], _ rules: [RawRule]) {
    guard let base = chain.base, let hook = Hook(base.hook) else { return nil }
    let byChain = Dictionary(grouping: rules, by: \.chain)
    self.init(
      table: "\(chain.family) \(chain.table)", name: chain.name, hook: hook, priority: base.priority,
      dropsByPolicy: base.policy == .drop,
      rules: Self.reachable(from: chain.name, byChain).flatMap { byChain[$0] ?? [] }.compactMap(
        ForeignRule.init))
  }

  /// The chain and those that it calls, each once.
  private static func reachable(from start: String, _ rules: [String: [RawRule]]) -> [String] {
    var order = [start]
    var next = 0
    while next < order.count {
      for rule in rules[order[next]] ?? [] {
        for case .immediate(.verdict(let verdict)) in rule.expressions {
          if let called = verdict.chain, !order.contains(called) { order.append(called) }
        }
      }
      next += 1
    }
    return order
  }
}

extension Hook {
  fileprivate init?(_ number: BaseChain.HookNumber) {
    switch number {
    case .prerouting: self = .prerouting
    case .input: self = .input
    case .forward: self = .forward
    case .output: self = .output
    case .postrouting: self = .postrouting
    default: return nil
    }
  }
}

extension ForeignRule {
  /// Nil for a rule that neither drops, nor rejects, nor diverts packets.
  fileprivate init?(_ rule: RawRule) {
    guard let effect = rule.expressions.lazy.compactMap(\.foreignEffect).first else { return nil }
    let packets = rule.expressions.lazy.compactMap { expression -> UInt64? in
      if case .counter(let counter) = expression { counter.packets } else { nil }
    }.first
    self.init(
      effect, in: rule.chain, handle: rule.handle?.rawValue,
      comment: RuleComment(userdata: rule.userdata)?.text, packets: packets)
  }
}

extension Expression {
  fileprivate var foreignEffect: ForeignRule.Effect? {
    switch self {
    case .immediate(.verdict(.drop)): .drop
    case .redirect, .tproxy: .divert
    case .unknown(let unknown): Self.foreignEffects[unknown.name]
    case .meta, .payload, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .counter, .immediate,
      .match, .target, .notrack:
      nil
    }
  }

  private static let foreignEffects: [String: ForeignRule.Effect] = [
    "reject": .reject, "nat": .divert, "queue": .divert,
  ]
}
