import Intercept

/// Rules as JSON: the answer of `print --format json`.
struct RulesetJSON: Encodable {
  let release: String
  let families: [FamilyJSON]

  static func text(of rulesets: [Ruleset], release: IstioRelease) throws -> String {
    try JSONWriter.text(RulesetJSON(release: release.description, families: rulesets.map(FamilyJSON.init)))
  }
}

struct FamilyJSON: Encodable {
  let family: String
  let tables: [TableJSON]

  init(_ ruleset: Ruleset) {
    family = ruleset.family.rawValue
    tables = ruleset.tables.map(TableJSON.init)
  }
}

struct TableJSON: Encodable {
  let name: String
  let chains: [ChainJSON]

  init(_ table: Table) {
    name = table.name.rawValue
    chains = table.chains.map(ChainJSON.init)
  }
}

struct ChainJSON: Encodable {
  let name: String
  /// The policy of a built-in chain; absent in a user-defined one.
  let policy: String?
  let rules: [RuleJSON]

  init(_ chain: Chain) {
    name = chain.name.text
    policy = chain.name.hook == nil ? nil : chain.policy.rawValue
    rules = chain.rules.map(RuleJSON.init)
  }
}

struct RuleJSON: Encodable {
  let matches: [MatchJSON]
  let target: TargetJSON
  let reason: String?
  /// The whole rule as `iptables-save` prints it after `-A CHAIN`.
  let iptables: String

  init(_ rule: Rule) {
    matches = rule.matches.flatMap(MatchJSON.all)
    target = TargetJSON(rule.target)
    reason = rule.reason
    iptables = rule.iptablesText
  }
}

/// One condition of a rule. A match of iptables with several conditions is several of these.
struct MatchJSON: Encodable {
  /// The field of a packet that is compared.
  enum Field: String, Encodable {
    case source, destination
    case inInterface, outInterface
    case `protocol`
    case sourcePort, destinationPort, anyPort
    case uid, gid
    case mark, connectionMark, connectionState
    /// A match without a field of its own, as iptables writes it.
    case other
  }

  let field: Field
  /// True if the rule matches every other value.
  let negated: Bool
  /// The value as iptables writes it; a list has commas.
  let value: String

  private init(_ field: Field, _ condition: Condition<some CustomStringConvertible>) {
    self.field = field
    negated = condition.isNegated
    value = condition.value.description
  }

  /// The conditions of a match.
  static func all(_ match: Match) -> [MatchJSON] {
    switch match {
    case .source(let block): [MatchJSON(.source, block)]
    case .destination(let block): [MatchJSON(.destination, block)]
    case .inInterface(let name): [MatchJSON(.inInterface, name)]
    case .outInterface(let name): [MatchJSON(.outInterface, name)]
    case .proto(let proto): [MatchJSON(.protocol, proto)]
    case .mark(let mark): [MatchJSON(.mark, mark.mark.map(\.text))]
    case .connmark(let mark): [MatchJSON(.connectionMark, mark.mark.map(\.text))]
    case .multiport(let match): [MatchJSON(match)]
    case .tcp(let tcp) where tcp.option == nil && tcp.flags == nil: ports(tcp.source, tcp.destination)
    case .udp(let udp): ports(udp.source, udp.destination)
    case .owner(let owner) where owner.socketExists == nil && !owner.includesSupplementaryGroups:
      owners(owner)
    case .conntrack(let conntrack): states(conntrack)
    case .tcp, .owner, .state, .addressType, .comment, .opaque:
      [MatchJSON(.other, Condition.is(match.iptablesText))]
    }
  }

  private init(_ multiport: MultiportMatch) {
    let field: Field =
      switch multiport.side {
      case .source: .sourcePort
      case .destination: .destinationPort
      case .either: .anyPort
      }
    self.init(field, multiport.ports.map { $0.map(\.text).joined(separator: ",") })
  }

  private static func ports(_ source: Condition<PortRange>?, _ destination: Condition<PortRange>?)
    -> [MatchJSON]
  {
    let source = source.map { MatchJSON(.sourcePort, $0.map(\.text)) }
    let destination = destination.map { MatchJSON(.destinationPort, $0.map(\.text)) }
    return [source, destination].compactMap { $0 }
  }

  private static func states(_ conntrack: ConntrackMatch) -> [MatchJSON] {
    guard let state = conntrack.conditions.state, conntrack == ConntrackMatch(state: state) else {
      return [MatchJSON(.other, Condition.is(Match.conntrack(conntrack).iptablesText))]
    }
    return [MatchJSON(.connectionState, state)]
  }

  private static func owners(_ owner: OwnerMatch) -> [MatchJSON] {
    let user = owner.user.map { MatchJSON(.uid, $0.map(\.text)) }
    let group = owner.group.map { MatchJSON(.gid, $0.map(\.text)) }
    return [user, group].compactMap { $0 }
  }
}

/// The target of a rule. Only the members of its action are present.
struct TargetJSON: Encodable {
  enum Action: String, Encodable {
    case accept, drop, `return`, jump, goto
    /// The rule has no target.
    case none
    case redirect, tproxy
    case setMark, saveMark, restoreMark, setConnectionMark
    case setZone
    /// A target without an action of its own, as iptables writes it.
    case other
  }

  let action: Action
  /// The chain of a jump or goto.
  var chain: String?
  /// The port of a redirect or tproxy.
  var port: String?
  /// The mark that a packet or connection gets.
  var mark: String?
  /// The zone of connection tracking.
  var zone: String?
  /// The text of any other target.
  var text: String?

  init(_ target: Target) {
    switch target {
    case .accept: action = .accept
    case .drop: action = .drop
    case .return: action = .return
    case .none: action = .none
    case .jump(let name): (action, chain) = (.jump, name.text)
    case .goto(let name): (action, chain) = (.goto, name.text)
    case .redirect(let redirect): (action, port) = (.redirect, redirect.ports?.text)
    case .tproxy(let tproxy): (action, port, mark) = (.tproxy, "\(tproxy.port)", tproxy.mark.text)
    case .mark(let target): (action, mark) = (.setMark, target.mark.text)
    case .connmark(.set(let value)): (action, mark) = (.setConnectionMark, value.text)
    case .connmark(.save): action = .saveMark
    case .connmark(.restore): action = .restoreMark
    case .ct(let ct):
      if let number = ct.zone?.number, ct == CTTarget(zone: number) {
        (action, zone) = (.setZone, "\(number)")
      } else {
        (action, text) = (.other, target.iptablesText)
      }
    case .opaque: (action, text) = (.other, target.iptablesText)
    }
  }
}
