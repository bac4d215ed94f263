import NetworkValues
public import NftablesRuleset
public import RuleModel

/// A rule or a policy of another program that takes connections away from Istio's rules.
public struct ShadowingRule: Hashable, Sendable {
  /// The rule's place; for a policy, the chain with index 0.
  public let place: RulePlace
  /// The rule as `nft` or `iptables-save` prints it, or `policy drop`.
  public let text: String
  /// A connection that it decides first: `outbound TCP to 192.0.2.1:80 via eth0`.
  public let example: String
  /// The verdict on that connection, and the one without the rule.
  public let verdict: Verdict
  public let wanted: Verdict

  /// One line: the rule, an example and its verdicts.
  public var line: String {
    "\(subject): \(example) is \(verdict.words) instead of \(wanted.words)"
  }
}

extension ShadowingRule {
  private var subject: String {
    place.index == 0 ? "the policy of \(place.chain) (\(place.table.name))" : "\(place), \(text)"
  }

  /// The rules of other programs that change the verdict on connections that wanted rules capture.
  ///
  /// Connections are tried that those rules name, by port and address, and some that they do not name.
  ///
  /// - Parameters:
  ///   - wanted: the rules that capture.
  ///   - tables: all tables of nf_tables.
  ///   - live: the rules in the tables of iptables, where those that drop count; nil if they are not known.
  ///   - legacy: the rules of iptables-legacy; nil without any.
  ///   - context: the interface and the addresses of the namespace.
  public static func all(
    _ wanted: Ruleset, beside tables: NftRuleset, live: Ruleset? = nil, legacy: Ruleset? = nil,
    in context: HostContext = HostContext()
  ) -> [ShadowingRule] {
    let foreign = tables.foreignTables
    let others = [live, legacy].compactMap(\.self).filter { !$0.isEmpty }
    guard !foreign.isEmpty || others.contains(where: \.drops) || legacy?.isEmpty == false else { return [] }
    let alone = Tracer(wanted, in: context)
    let together = Tracer(
      live?.drops == true ? live ?? wanted : wanted, beside: tables, legacy: legacy, in: context)
    var seen: Set<RulePlace> = []
    return flows(wanted.family, foreign, others).compactMap { flow in
      let before = alone.verdict(of: flow)
      guard before.isCapture, together.verdict(of: flow) != before else { return nil }
      let trace = together.trace(flow)
      guard let (place, text) = trace.foreignDecision, seen.insert(place).inserted else { return nil }
      return ShadowingRule(
        place: place, text: text, example: trace.heading, verdict: trace.verdict, wanted: before)
    }
  }

  /// Number of ports and addresses of each kind that are tried.
  private static let limit = 32

  private static func flows(_ family: IPFamily, _ tables: NftRuleset, _ others: [Ruleset]) -> [Flow] {
    let matches =
      tables.tables.flatMap(\.chains).flatMap(\.rules).flatMap(\.parts).flatMap(\.values)
      + others.flatMap(\.tables).flatMap(\.chains).filter { !$0.name.isIstio }.flatMap(\.rules)
      .flatMap(\.matches).flatMap(\.values)
    var ports: Set<UInt128> = [80, 443]
    var addresses: Set<UInt128> = [family == .ipv4 ? 0xc000_0201 : 0x2001_0db8 << 96 | 1]
    for (key, value) in matches {
      switch key {
      case .destinationPort where ports.count < limit: ports.insert(value)
      case .destination(family) where addresses.count < limit: addresses.insert(value)
      default: break
      }
    }
    return addresses.sorted().flatMap { bits in
      ports.sorted().flatMap { number -> [Flow] in
        let end = Endpoint(
          IPAddress(family, bits: bits), Port(rawValue: UInt16(truncatingIfNeeded: number)))
        let owner = UserID(rawValue: 4242).flatMap { user in
          GroupID(rawValue: 4242).map { SocketOwner(user: user, group: $0) }
        }
        return [
          Flow(.outbound, .tcp, to: end, owner: owner), Flow(.inbound, .tcp, to: end),
          Flow(.outbound, .udp, to: end, owner: owner),
        ]
      }
    }
  }
}

extension Trace {
  /// The rule or policy that decided, unless it is one of iptables that does not drop.
  fileprivate var foreignDecision: (RulePlace, String)? {
    let drops = verdict == .drop || verdict == .reject
    guard let decision else { return drops ? droppingPolicy : nil }
    switch decision.place.table {
    case .nftables, .legacy: return (decision.place, decision.rule.text)
    case .iptables: return drops ? (decision.place, decision.rule.text) : nil
    }
  }

  private var droppingPolicy: (RulePlace, String)? {
    for event in events.reversed() {
      if case .policy(.drop, let table, let chain) = event {
        return (RulePlace(table: table, chain: chain, index: 0), "policy drop")
      }
    }
    return nil
  }
}

extension Ruleset {
  /// True if a rule or a policy drops packets.
  fileprivate var drops: Bool {
    tables.contains { table in
      table.chains.contains { chain in
        chain.name.hook != nil && chain.policy == .drop || chain.rules.contains(where: \.drops)
      }
    }
  }
}

extension Rule {
  fileprivate var drops: Bool {
    switch target {
    case .drop: true
    case .opaque(let target): target.text.hasPrefix("REJECT")
    case .accept, .return, .jump, .goto, .none, .redirect, .mark, .connmark, .tproxy, .ct: false
    }
  }
}

extension Match {
  /// The first number of a destination that the match compares.
  fileprivate var values: [(NftKey, UInt128)] {
    switch self {
    case .destination(let block): [(.destination(block.value.network.family), block.value.network.bits)]
    case .tcp(let tcp):
      tcp.destination.map { [(.destinationPort(.tcp), UInt128($0.value.lowerBound.rawValue))] } ?? []
    case .udp(let udp):
      udp.destination.map { [(.destinationPort(.udp), UInt128($0.value.lowerBound.rawValue))] } ?? []
    case .source, .inInterface, .outInterface, .proto, .multiport, .owner, .mark, .connmark, .conntrack,
      .state,
      .addressType, .comment, .opaque:
      []
    }
  }
}

extension Verdict {
  /// True if the proxy gets the connection.
  fileprivate var isCapture: Bool {
    switch self {
    case .redirect, .tproxy: true
    case .accept, .dnat, .drop, .reject, .unknown: false
    }
  }
}

extension NftPart {
  /// The first number of every range that the part compares a single field with.
  fileprivate var values: [(NftKey, UInt128)] {
    switch self {
    case .match(let match):
      guard match.keys.count == 1, case .values(let elements, _) = match.comparison else { return [] }
      return elements.values(of: match.keys)
    case .statement(.verdictMap(let keys, .elements(let elements), _)): return elements.values(of: keys)
    case .statement: return []
    }
  }
}

extension NftElements {
  fileprivate func values(of keys: [NftKey]) -> [(NftKey, UInt128)] {
    elements.flatMap { element in zip(keys, element.key).map { ($0, $1.lowerBound) } }
  }
}
