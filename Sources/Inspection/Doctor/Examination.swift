import Intercept

/// A pod's facts and what follows from them, computed once for all checks.
struct Examination {
  let facts: PodFacts
  /// The options of the rules; nil if the namespace has no rules of Istio's.
  let configuration: Configuration?
  let rules: CurrentRules
  /// Nil without rules.
  let proxy: ProxyProcesses?
  let connections: [PodConnection]
  /// Listeners of the app: TCP sockets that are not the proxy's, on ports that are not Istio's.
  let appListeners: [ListeningSocket]
  /// Typical connections under the rules.
  let traces: [TypicalTrace]
  /// The proxy's answers to them.
  let answers: [TypicalTrace]

  init(_ facts: PodFacts, route: ((Trace) -> EnvoyRoute?)? = nil) {
    self.facts = facts
    configuration = facts.configuration
    rules = facts.currentRules
    proxy = facts.proxy
    connections =
      ConnectionReport(facts.sockets, facts.entries, facts.listeners, facts.processes, rules).connections
    appListeners = facts.appListeners(proxy)
    let flows = facts.typicalFlows
    traces = flows.traces(rules).map { typical in
      TypicalTrace(role: typical.role, trace: typical.trace, route: route?(typical.trace))
    }
    answers = flows.answers(to: traces, rules)
  }

  /// The sockets that listen on a port for the proxy.
  func proxyListeners(on port: Port, _ proto: IPProtocol = .tcp) -> [ListeningSocket] {
    facts.listeners.filter {
      $0.port == port && $0.proto == proto && proxy?.owns(user: $0.user, $0.processes) == true
    }
  }

  /// Istio's ports; none without rules.
  var istioPorts: [IstioPort] {
    configuration.map { IstioPort.all($0, probePort: .validationProbe) } ?? []
  }

  /// The sockets that listen on a port.
  func listeners(on port: IstioPort) -> [ListeningSocket] {
    port.listeners(among: facts.listeners)
  }

  /// The addresses at which connections to a port arrive, and where no socket listens; none without rules.
  func missedArrivals(at port: IstioPort) -> [IPAddress] {
    guard let configuration else { return [] }
    return port.missedArrivals(
      listeners(on: port), rules.families.sorted { $0.rawValue < $1.rawValue }, configuration, facts.host)
  }

  /// True if the rules redirect outbound connections.
  var capturesOutbound: Bool {
    guard let configuration else { return false }
    return configuration.outboundCIDRs != .only([]) || !configuration.outboundPorts.isEmpty
  }

  /// True if the rules redirect inbound connections.
  var capturesInbound: Bool { configuration.map { !$0.inboundPorts.isNone } ?? false }
}

extension ListeningSocket {
  /// True if only the pod itself can connect.
  var isLoopbackOnly: Bool { address.unmapped.isLoopback }
}
