import NetworkValues
public import NftablesRuleset
public import RuleModel

/// A rule of another table that takes connections away from Istio's rules.
public struct ShadowingRule: Hashable, Sendable {
  public let place: RulePlace
  /// The rule as `nft` prints it.
  public let text: String
  /// A connection that it takes away: `outbound TCP to 192.0.2.1:80 via eth0`.
  public let example: String
  /// The verdict on that connection, and the one without the rule.
  public let verdict: Verdict
  public let wanted: Verdict

  /// One line: the rule, an example and its verdicts.
  public var line: String {
    "\(place), \(text): \(example) is \(verdict.words) instead of \(wanted.words)"
  }
}

extension ShadowingRule {
  /// The rules of other tables that change the verdict on connections that wanted rules capture.
  ///
  /// Connections are tried that the rules of the other tables name, by port and address, and some that they do not name.
  public static func all(_ wanted: Ruleset, beside tables: NftRuleset) -> [ShadowingRule] {
    let foreign = tables.foreignTables
    guard !foreign.isEmpty else { return [] }
    let alone = Tracer(wanted)
    let together = Tracer(wanted, beside: tables)
    var seen: Set<RulePlace> = []
    return flows(wanted.family, foreign).compactMap { flow in
      let before = alone.verdict(of: flow)
      guard before.isCapture, together.verdict(of: flow) != before else { return nil }
      let trace = together.trace(flow)
      guard let decision = trace.decision, case .nftables(let rule) = decision.rule,
        seen.insert(decision.place).inserted
      else { return nil }
      return ShadowingRule(
        place: decision.place, text: rule.text, example: trace.heading, verdict: trace.verdict, wanted: before
      )
    }
  }

  /// Number of ports and addresses of each kind that are tried.
  private static let limit = 32

  private static func flows(_ family: IPFamily, _ tables: NftRuleset) -> [Flow] {
    let matches = tables.tables.flatMap(\.chains).flatMap(\.rules).flatMap(\.parts).flatMap(\.values)
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
