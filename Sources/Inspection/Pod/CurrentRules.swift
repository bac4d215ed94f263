public import Intercept

/// The rules that a namespace has now, and the surroundings that decide with them.
public struct CurrentRules: Sendable {
  /// The options of the rules; nil if there are no rules of Istio's.
  public let configuration: Configuration?
  /// The families that have rules of Istio's.
  public let families: Set<IPFamily>
  private let tracers: [IPFamily: Tracer]
  private let addresses: [IPAddress]

  /// - Parameters:
  ///   - rulesets: the rules of each family, with their reasons if they are known.
  ///   - configuration: the options of the rules; nil if there are none of Istio's.
  ///   - origin: the tables that the rules are from.
  ///   - tables: all tables of nf_tables; those that are in `rulesets` as well tell whether they are dormant.
  ///   - legacy: the rules of iptables-legacy that are not in `rulesets`.
  ///   - context: addresses and policy routes of the namespace.
  public init(
    _ rulesets: [Ruleset], _ configuration: Configuration?, of origin: RuleOrigin = .iptablesNFT,
    beside tables: NftRuleset = NftRuleset(), legacy: [Ruleset] = [], in context: HostContext
  ) {
    self.configuration = configuration
    addresses = context.ownAddresses
    families = Set(rulesets.filter(\.hasIstioChains).map(\.family))
    let pairs = rulesets.map { ruleset in
      let legacy = legacy.first { $0.family == ruleset.family }
      return (
        ruleset.family, Tracer(ruleset, of: origin, beside: tables, legacy: legacy, in: context)
      )
    }
    tracers = Dictionary(pairs) { first, _ in first }
  }

  /// True for an address of the namespace.
  public func isOwn(_ address: IPAddress) -> Bool { address.isLoopback || addresses.contains(address) }

  /// The path of a new connection under these rules; nil without rules of the family.
  public func trace(_ flow: Flow) -> Trace? { tracers[flow.destination.address.family]?.trace(flow) }

  /// The path of a new connection with the kernel's answers to lookups of its routes, by the destination.
  func trace(_ flow: Flow, routes: [IPAddress: RouteAnswer]) -> Trace? {
    tracers[flow.destination.address.family]?.routed(routes).trace(flow)
  }
}

extension Trace {
  /// True if the proxy gets the connection.
  public var isCaptured: Bool { port != nil }
}

extension Decision {
  /// `rule 2 of ISTIO_OUTPUT (nat): -d 10.0.0.0/8 -j RETURN`.
  public var text: String { "\(place): \(rule.text)" }
}
