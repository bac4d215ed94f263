import NetworkValues
import NftablesRuleset
import RuleModel

/// The tables of nf_tables that are not in the rule set, prepared for the packets of one family.
struct CompiledNftables: Sendable {
  struct CompiledChain: Sendable {
    /// The index of the chain's table.
    let table: Int
    let name: String
    let base: NftBaseChain?
    /// Numbers of the chain's rules, counted after those of iptables.
    let rules: Range<Int>
  }

  let tables: [NftTable]
  private(set) var chains: [CompiledChain] = []
  private(set) var rules: [NftRule] = []
  /// The base chains, with the position of their table in the kernel's list.
  private(set) var bases: [(chain: Int, order: Int)] = []
  /// The positions in the kernel's list of the tables of the rule set.
  let iptablesOrder: [TableName: Int]
  /// Objects that packets may meet and that are not followed.
  private(set) var notFollowed: [String] = []
  private var numbers: [[String: Int]] = []
  private let firstRule: Int

  /// - Parameters:
  ///   - origin: the tables of the rule set, which are not compiled again.
  ///   - firstRule: the number of the first rule.
  init(_ all: NftRuleset, _ family: IPFamily, besides origin: RuleOrigin, firstRule: Int) {
    self.firstRule = firstRule
    var order: [TableName: Int] = [:]
    var others: [(NftTable, Int)] = []
    for (index, table) in all.tables.enumerated() {
      if let name = table.name(in: origin, family) {
        order[name] = index
      } else if table.family.sees(family) {
        others.append((table, index))
      } else if !table.family.isIP {
        notFollowed += table.chains.filter { $0.base != nil }.map {
          "chain \($0.name) of table \(table.title)"
        }
      }
    }
    iptablesOrder = order
    tables = others.map(\.0)
    for (index, (table, order)) in others.enumerated() { add(table, at: index, order) }
  }

  private mutating func add(_ table: NftTable, at index: Int, _ order: Int) {
    numbers.append([:])
    for chain in table.chains {
      numbers[index][chain.name] = chains.count
      if let base = chain.base, !table.isDormant {
        if base.hook == nil {
          notFollowed.append("chain \(chain.name) of table \(table.title), hook \(base.point.name)")
        } else {
          bases.append((chains.count, order))
        }
      }
      let start = firstRule + rules.count
      rules += chain.rules
      chains.append(
        CompiledChain(
          table: index, name: chain.name, base: chain.base, rules: start..<firstRule + rules.count))
    }
  }

  /// The number of a chain of the same table as another chain.
  func chain(_ name: String, besides chain: Int) -> Int? { numbers[chains[chain].table][name] }

  func rule(_ number: Int) -> NftRule { rules[number - firstRule] }

  /// The elements of a set of a chain's table; nil if they are not known.
  func elements(of set: String, in chain: Int) -> NftElements? {
    tables[chains[chain].table][set: set]?.elements
  }

  func place(of rule: Int) -> RulePlace? {
    guard let chain = chains.first(where: { $0.rules.contains(rule) }) else { return nil }
    return RulePlace(
      table: .nftables(tables[chain.table].title), chain: chain.name, index: rule - chain.rules.lowerBound + 1
    )
  }

  /// True if a rule enables connection tracking (`nf_ct_netns_get`).
  var tracksConnections: Bool { rules.contains { $0.parts.contains(where: \.needsConntrack) } }
}

extension NftFamily {
  /// True for the families whose chains are called at hooks of IP.
  fileprivate var isIP: Bool {
    switch self {
    case .ip, .ip6, .inet: true
    case .arp, .bridge, .netdev: false
    }
  }
}

extension NftPart {
  fileprivate var needsConntrack: Bool {
    switch self {
    case .match(let match): match.keys.contains(where: \.isOfConnection)
    case .iptables(let match): match.needsConntrack
    case .statement(let statement):
      switch statement {
      case .redirect, .dnat, .snat, .masquerade, .setConnectionMark, .setZone: true
      case .verdictMap(let keys, _, _): keys.contains(where: \.isOfConnection)
      case .setMark(let change): change.source == .connection
      case .opaque(let text): text.hasPrefix("ct ") || text.hasPrefix("xt ") || text.hasPrefix("flow ")
      case .counter, .verdict, .tproxy, .untrack, .reject, .queue, .neutral: false
      }
    }
  }
}

extension NftKey {
  /// True for a field of the packet's connection.
  fileprivate var isOfConnection: Bool {
    switch self {
    case .connectionMark, .state, .direction, .status, .originalDestination, .originalDestinationPort: true
    case .opaque(let text, _): text.hasPrefix("ct ")
    case .source, .destination, .proto, .headerProtocol, .sourcePort, .destinationPort, .tcpFlags, .family,
      .inInterface, .outInterface, .mark, .user, .group, .destinationType, .sourceType:
      false
    }
  }
}
