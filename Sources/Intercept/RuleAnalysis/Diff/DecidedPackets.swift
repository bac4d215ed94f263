import NetworkValues
import RuleModel

/// The packets of one hook that Istio's rules capture, mark or exempt from capture, as conjunctions of conditions.
///
/// A rule that calls a chain of Istio decides only about the packets that a rule of that chain decides about.
struct DecidedPackets {
  private let table: Table
  /// Conditions that all packets of the table satisfy at the hook.
  let given: [RuleCondition]

  /// Numbers of rules that are followed, and of conjunctions that are told apart. Packets of larger rule sets are those
  /// of the rule that calls the chain, so that the work stays proportional to the number of foreign rules.
  private static let maxRules = 4096
  private static let maxPaths = 64

  init(in table: Table, at hook: Hook) {
    self.table = table
    given = table.name == .nat ? Self.givenOfNAT(at: hook) : []
  }

  /// nat sees the first packet of a connection, and not again after lo.
  static func givenOfNAT(at hook: Hook) -> [RuleCondition] {
    let first: [RuleCondition] = [
      .state(.is([.new, .related])), .tcpFlags(.is(TCPFlagTest(.syn, of: .all))),
    ]
    return hook == .prerouting
      ? first + [.inInterface(.not(.loopback)), .sourceType(.not(.local))] : first
  }

  /// The packets that rules of the hook's chain decide about, with the rule at the end of their path, for each rule.
  func paths(of rules: [Rule]) -> [[NormalizedRule]] {
    let found = rules.map(paths)
    let protocols = Set(found.joined().filter(\.hasEffect).map { $0.conditions(about: .proto) })
    return found.map { paths in paths.flatMap { $0.limited(to: protocols) } }
  }

  private func paths(of rule: Rule) -> [NormalizedRule] {
    var search = Search(table, maxRules: Self.maxRules)
    search.follow(rule, given: RuleClauses(), depth: 0)
    guard search.isComplete else { return [NormalizedRule(rule)] }
    let distinct = search.paths.count > Self.maxPaths ? search.paths.map(\.withoutAddresses) : search.paths
    let paths = distinct.distinct
    guard paths.count > Self.maxPaths else { return paths }
    let common = paths.dropFirst().reduce(paths[0].conditions) { $0.intersection($1.conditions) }
    return [NormalizedRule(conditions: common, target: rule.target)]
  }
}

extension DecidedPackets {
  /// A walk through Istio's chains.
  private struct Search {
    private let table: Table
    private var rest: Int
    private(set) var paths: [NormalizedRule] = []

    /// Istio's rules nest two deep; a cycle of chains is cut off.
    private static let maxDepth = 6

    init(_ table: Table, maxRules: Int) {
      (self.table, rest) = (table, maxRules)
    }

    /// False if there were too many rules to follow.
    var isComplete: Bool { rest > 0 }

    mutating func follow(_ rule: Rule, given path: RuleClauses, depth: Int) {
      guard isComplete, let packets = path.adding(rule.conditions) else { return }
      rest -= 1
      guard let name = rule.target.destination, name.isIstio, let chain = table[name] else {
        let path = NormalizedRule(conditions: packets.conditions, target: rule.target)
        if path.hasEffect || path.target.disposition != .continues { paths.append(path) }
        return
      }
      guard depth < Self.maxDepth else { return }
      var current = packets
      for inner in chain.rules {
        follow(inner, given: current, depth: depth + 1)
        if inner.target.endsChain { current.exclude(inner.conditions) }
      }
    }
  }
}

extension NormalizedRule {
  /// The rule without conditions on addresses.
  var withoutAddresses: NormalizedRule {
    NormalizedRule(
      conditions: conditions.filter { $0.field != .source && $0.field != .destination }, target: target)
  }

  /// True for a rule that captures packets or changes them, false for one that exempts them or counts.
  var hasEffect: Bool {
    switch target.disposition {
    case .accepts, .returns: false
    case .continues: target.changesPackets
    case .drops, .diverts, .calls, .goesTo: true
    }
  }

  /// The rule for each of several protocols: an exemption of other protocols has no purpose.
  fileprivate func limited(to protocols: Set<[RuleCondition]>) -> [NormalizedRule] {
    guard !hasEffect, !protocols.isEmpty else { return [self] }
    return protocols.compactMap { proto in
      RuleClauses().adding(conditions)?.adding(Set(proto)).map {
        NormalizedRule(conditions: $0.conditions, target: target)
      }
    }
  }
}

extension Target {
  /// True for MARK, CONNMARK and CT.
  fileprivate var changesPackets: Bool {
    switch self {
    case .mark, .connmark, .ct: true
    case .accept, .drop, .return, .jump, .goto, .none, .redirect, .tproxy, .opaque: false
    }
  }

  /// True if no packet that matches gets to the next rule.
  fileprivate var endsChain: Bool {
    switch disposition {
    case .accepts, .drops, .returns, .diverts, .goesTo: true
    case .continues, .calls: false
    }
  }
}
