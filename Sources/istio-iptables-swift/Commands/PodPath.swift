import InputText
import Intercept
import Manifests
import RuleCommands

/// The path of a connection from the app of one pod to the app of another, after the client's own rules and proxy.
struct PodPath {
  /// One connection of the path, in the namespace of one pod.
  struct Leg {
    let title: String
    let traced: TracedFlow
    /// The source of the rules.
    let rules: String?
  }

  /// The end of the path.
  enum End: Hashable {
    /// The app accepts the connection on this address.
    case accepted(String)
    case fails(String)
    /// The connection goes to another endpoint.
    case elsewhere(String)
    case unknown(String)
  }

  let pod: String
  /// The address and port of the pod that the client connects to; nil if it is not known.
  private(set) var endpoint: Endpoint?
  private(set) var legs: [Leg] = []
  private(set) var security: Security?
  private(set) var end: End
}

extension PodPath {
  /// Follows a traced connection to the other pod.
  ///
  /// - Parameters:
  ///   - first: the connection in the client's pod.
  ///   - files: the sources of the other pod.
  ///   - client: the settings of the client's pod.
  ///   - rules: the rules of the client's pod.
  init(
    _ first: TracedFlow, _ content: FlowContent, _ proxy: Proxy?, to files: DestinationFiles,
    _ client: Settings, _ rules: inout TraceRules
  ) throws {
    let candidates = first.candidates(proxy)
    var server = try files.pod(at: candidates.found.map(\.endpoint.address), client)
    pod = server.name
    end = .unknown("")
    if let stop = candidates.end {
      end = stop
      return
    }
    let addresses = server.addresses
    guard
      let chosen = candidates.found.first(where: {
        addresses.isEmpty || addresses.contains($0.endpoint.address)
      })
    else {
      let others = candidates.found.prefix(5).map(\.endpoint.description).joined(separator: ", ")
      end = .elsewhere("the connection goes to \(others.isEmpty ? "no endpoint" : others), not to \(pod)")
      return
    }
    endpoint = chosen.endpoint
    let source =
      first.flow.source ?? client.pod?.addresses.first { $0.family == chosen.endpoint.address.family }
    if chosen.choice != nil {
      guard try leave(chosen.endpoint, from: source, client, &rules) else { return }
    }
    try arrive(chosen, from: source, content, isHTTP: first.route?.routes != nil, first.terminated, &server)
  }

  /// Traces the connection of the client's proxy; returns false if it does not leave the pod.
  private mutating func leave(
    _ endpoint: Endpoint, from source: IPAddress?, _ client: Settings, _ rules: inout TraceRules
  ) throws -> Bool {
    let flow = Flow(.outbound, to: endpoint, from: source, owner: client.configuration.proxyOwner)
    let traced = TracedFlow(flow: flow, trace: try rules.trace(flow), outcome: nil)
    legs.append(
      Leg(title: "the client's proxy connects", traced: traced, rules: rules.sources[endpoint.family]))
    if let reason = traced.obstacle {
      end = .fails("the client's rules do not let the proxy's own connection pass: \(reason)")
      return false
    }
    return true
  }

  /// Traces the connection in the other pod, to its proxy or to the app.
  private mutating func arrive(
    _ candidate: PathCandidate, from source: IPAddress?, _ content: FlowContent, isHTTP: Bool,
    _ isTerminated: Bool, _ server: inout DestinationPod
  ) throws {
    let flow = Flow(.inbound, to: candidate.endpoint, from: source)
    var sent = content
    if let choice = candidate.choice {
      sent.firstBytes = choice.firstBytes(
        cluster: candidate.cluster, isHTTP: isHTTP, received: isTerminated ? nil : content.firstBytes)
    }
    let traced = try TracedFlow(DescribedFlow(flow: flow, content: sent, listener: nil), server.proxy) {
      try server.rules.trace($0)
    }
    legs.append(
      Leg(title: "\(pod) receives it", traced: traced, rules: server.rules.sources[flow.destination.family]))
    security = Security(candidate, traced, server, isHTTP: isHTTP)
    switch traced.outcome {
    case .gets(_, let route): try deliver(route, candidate.endpoint, &server)
    case .isLeftOut, nil: end = traced.directEnd(security)
    }
  }

  /// Traces the connection of the other pod's proxy to the app.
  private mutating func deliver(_ route: EnvoyRoute, _ endpoint: Endpoint, _ server: inout DestinationPod)
    throws
  {
    guard !route.isFailure else {
      end = .fails("in its pod \(route.summary)")
      return
    }
    guard let address = route.upstreams.lazy.flatMap(\.usable).first?.endpoint.address else {
      end =
        route.cluster == nil
        ? .unknown("\(pod): \(route.summary)") : .arrival(at: "\(endpoint)", security)
      return
    }
    guard case .socket(let app) = address else {
      end = .arrival(at: address.description, security)
      return
    }
    let flow = Flow(
      .outbound, to: app, from: .passthrough(app.family), interface: .loopback,
      owner: server.settings.configuration.proxyOwner)
    let traced = TracedFlow(flow: flow, trace: try server.rules.trace(flow), outcome: nil)
    legs.append(
      Leg(title: "its proxy connects to the app", traced: traced, rules: server.rules.sources[app.family]))
    end =
      traced.obstacle.map { .fails("\(pod): the proxy's connection to the app is not let through: \($0)") }
      ?? .arrival(at: "\(app)", security)
  }
}

extension PodPath.End {
  /// The end at the app, which cannot read the TLS of a client's proxy that no proxy terminates.
  fileprivate static func arrival(at address: String, _ security: PodPath.Security?) -> Self {
    security?.fits == false
      ? .fails("the app on \(address) gets the TLS of the client's proxy: no proxy terminates it")
      : .accepted(address)
  }
}

extension TracedFlow {
  /// The reason for which a connection of a proxy does not pass the rules; nil if it passes.
  fileprivate var obstacle: String? {
    switch trace?.verdict {
    case .accept, .dnat, nil: nil
    case .redirect, .tproxy, .drop, .reject, .unknown: trace?.summary
    }
  }

  /// True if the client's proxy terminates the TLS that it receives.
  fileprivate var terminated: Bool { route?.terminatesTLS ?? false }

  /// The end of a connection that the other pod's proxy does not get.
  fileprivate func directEnd(_ security: PodPath.Security?) -> PodPath.End {
    guard let trace else { return .unknown("the rules of the other pod are not known") }
    switch trace.verdict {
    case .accept, .dnat:
      let target = "\(Endpoint(trace.packet.destination, trace.packet.destinationPort))"
      return .arrival(at: target, security)
    case .drop, .reject: return .fails("the rules of the other pod: \(trace.summary)")
    case .unknown: return .unknown("the rules of the other pod: \(trace.summary)")
    case .redirect, .tproxy:
      return .unknown("the listeners of the other pod are not known; give its configuration with --to-pod")
    }
  }
}

extension Configuration {
  /// The owner of the proxy's sockets.
  fileprivate var proxyOwner: SocketOwner {
    SocketOwner(user: proxyUsers.first ?? .defaultProxy, group: proxyGroups.first ?? .defaultProxy)
  }
}

extension Endpoint {
  fileprivate var family: IPFamily { address.family }
}
