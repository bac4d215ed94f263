public import Intercept

/// The rules that a namespace has now, and the surroundings that decide with them.
public struct CurrentRules: Sendable {
  /// The options of the rules; nil if there are no rules of Istio's.
  public let configuration: Configuration?
  /// The families that have rules of Istio's.
  public let families: Set<IPFamily>
  private let tracers: [IPFamily: Tracer]
  private let interface: InterfaceName?
  private let addresses: [IPAddress]

  /// - Parameters:
  ///   - rulesets: the rules of each family, with their reasons if they are known.
  ///   - configuration: the options of the rules; nil if there are none of Istio's.
  ///   - tables: the tables of other programs.
  ///   - context: addresses and policy routes of the namespace.
  ///   - interface: the pod's interface; nil for `eth0`.
  public init(
    _ rulesets: [Ruleset], _ configuration: Configuration?, beside tables: NftRuleset = NftRuleset(),
    in context: HostContext, interface: InterfaceName? = nil
  ) {
    self.configuration = configuration
    self.interface = interface
    addresses = context.ownAddresses
    families = Set(rulesets.filter(\.hasIstioChains).map(\.family))
    tracers = Dictionary(rulesets.map { ($0.family, Tracer($0, beside: tables, in: context)) }) { first, _ in
      first
    }
  }

  /// True for an address of the namespace.
  public func isOwn(_ address: IPAddress) -> Bool { address.isLoopback || addresses.contains(address) }

  /// The path of a new connection under these rules; nil without rules of the family.
  public func trace(_ flow: Flow) -> Trace? {
    var flow = flow
    let leaves = flow.direction != .outbound || !isOwn(flow.destination.address)
    if flow.interface == nil, leaves { flow.interface = interface }
    return tracers[flow.destination.address.family]?.trace(flow)
  }
}

extension Ruleset {
  /// True if a table has a chain of Istio's.
  public var hasIstioChains: Bool { tables.contains { $0.chains.contains(where: \.name.isIstio) } }
}

extension Trace {
  /// True if the proxy gets the connection.
  public var isCaptured: Bool { port != nil }
}

extension Decision {
  /// `rule 2 of ISTIO_OUTPUT (nat): -d 10.0.0.0/8 -j RETURN`.
  public var text: String { "\(place): \(rule.text)" }
}
