import NetworkValues
import RuleModel

/// A way of packets from a hook to a rule that decides: the conditions of all rules on the way.
struct InterceptionPath {
  /// The effect of the last rule.
  enum Outcome: Hashable {
    /// REDIRECT or TPROXY to a port of this host.
    case captured(Port)
    /// RETURN or ACCEPT: the packet goes on unchanged.
    case spared
  }

  let hook: Hook
  let conditions: Set<RuleCondition>
  let outcome: Outcome

  /// The paths of a rule set in the tables that redirect, in the order of the rules.
  static func all(in rules: Ruleset) -> [InterceptionPath] {
    [TableName.mangle, .nat].compactMap { rules[$0] }.flatMap { table in
      [Hook.prerouting, .output].flatMap { hook in
        var search = Search(table: table, hook: hook)
        search.follow(ChainName(hook), [], depth: 0)
        return search.paths
      }
    }
  }

  /// A walk from a hook through the chains of meshes. No mesh accepts packets in a built-in chain.
  private struct Search {
    let table: Table
    let hook: Hook
    var paths: [InterceptionPath] = []

    /// Rule sets of meshes nest two deep; others are cut off.
    private static let maxDepth = 6
    private static let maxPaths = 10_000

    init(table: Table, hook: Hook) {
      (self.table, self.hook) = (table, hook)
    }

    mutating func follow(_ chain: ChainName, _ conditions: Set<RuleCondition>, depth: Int) {
      guard depth < Self.maxDepth, let rules = table[chain]?.rules else { return }
      for rule in rules where paths.count < Self.maxPaths {
        let all = conditions.union(rule.conditions)
        switch rule.target {
        case .jump(let next), .goto(let next):
          guard RuleProgram(owning: next)?.isMesh == true else { continue }
          follow(next, all, depth: depth + 1)
        case .redirect(let target):
          if let port = target.ports?.lowerBound { add(all, .captured(port)) }
        case .tproxy(let target): add(all, .captured(target.port))
        case .accept where chain.hook != nil: continue
        case .return, .accept: add(all, .spared)
        case .drop, .none, .mark, .connmark, .ct, .opaque: continue
        }
      }
    }

    private mutating func add(_ conditions: Set<RuleCondition>, _ outcome: Outcome) {
      paths.append(InterceptionPath(hook: hook, conditions: conditions, outcome: outcome))
    }
  }
}

extension InterceptionPath {
  /// The port that captured packets arrive at; nil for spared ones.
  var capturePort: Port? { if case .captured(let port) = outcome { port } else { nil } }

  /// The fields of the conditions.
  var fields: PacketFieldSet { PacketFieldSet(conditions) }

  /// True if the path is for queries to port 53.
  var isDNS: Bool {
    conditions.contains { condition in
      if case .destinationPort(.is(let ports)) = condition { ports == RangeSet(53) } else { false }
    }
  }

  /// True if the path is for packets that stay in the pod.
  var isLoopback: Bool {
    conditions.contains { condition in
      if case .outInterface(.is(let name)) = condition { name.text == "lo" } else { false }
    }
  }

  /// The values of the conditions that are not negated, as text. Two adjacent ports are one range in a rule's normal
  /// form, and two values here.
  func values(of field: PacketField) -> [String] {
    conditions.filter { $0.field == field && !$0.isNegated }.map(\.argument)
      .flatMap { $0.split(separator: ",").flatMap { Self.members(of: String($0)) } }
  }

  private static func members(of range: String) -> [String] {
    let ends = range.split(separator: ":").compactMap { Port(String($0)) }
    guard ends.count == 2, ends[0].rawValue.advanced(by: 1) == ends[1].rawValue else { return [range] }
    return ends.map(\.description)
  }
}
