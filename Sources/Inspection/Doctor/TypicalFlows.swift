import Intercept

/// A typical connection of a pod, and its path under the rules.
struct TypicalTrace {
  enum Role: Hashable {
    /// From the app to another pod.
    case appOutbound
    /// From the proxy to another pod.
    case proxyOutbound
    /// From another pod to a port of the app, on the pod's interface, or on another one.
    case appInbound(Port, on: InterfaceName? = nil)
    /// From another pod to a captured port on which no app listens.
    case capturedInbound(Port)
    /// From the proxy to a port of the app, over lo.
    case proxyToApp(Port)
    /// From the kubelet to one of Istio's ports for health and metrics.
    case health(Port)
    /// From the kubelet to the port of a probe of the manifest.
    case probe(PodFacts.Probe)
    /// From the app to a destination that the user asks about.
    case question
    /// From the proxy to a destination that the user asks about.
    case proxyQuestion
    /// From a port to which the rules redirect: the proxy's answer to a captured connection.
    case answer(Port)
  }

  let role: Role
  let trace: Trace
  /// The route inside the proxy; nil if its configuration is unknown, or it does not get the connection.
  var route: EnvoyRoute?
}

/// Typical connections of a pod. Addresses outside are of the blocks for documentation (RFC 5737, RFC 3849).
struct TypicalFlows {
  private let facts: PodFacts
  private let configuration: Configuration?
  private let appListeners: [ListeningSocket]

  init(_ facts: PodFacts, _ configuration: Configuration?, _ appListeners: [ListeningSocket]) {
    self.facts = facts
    self.configuration = configuration
    self.appListeners = appListeners
  }

  func traces(_ rules: CurrentRules) -> [TypicalTrace] {
    let families = rules.families.sorted { $0.rawValue < $1.rawValue }
    return (families.flatMap(flows) + questions).compactMap { typical in
      rules.trace(typical.flow, routes: facts.routes(of: typical.flow))
        .map { TypicalTrace(role: typical.role, trace: $0) }
    }
  }

  /// The proxy's answers to those of the traces that are redirected to it.
  func answers(to traces: [TypicalTrace], _ rules: CurrentRules) -> [TypicalTrace] {
    var seen: Set<Endpoint> = []
    return traces.compactMap { typical in
      guard case .redirect(let listener) = typical.trace.verdict, seen.insert(listener).inserted,
        let client = typical.trace.flow.source ?? own(listener.address.family)
      else { return nil }
      var flow = Flow(
        .outbound, to: Endpoint(client, PortRange.ephemeral.lowerBound), from: listener.address,
        port: listener.port, owner: proxyOwner)
      flow.state = .established
      // On lo the kernel has translated the source back, which the simulation does not follow.
      guard let trace = rules.trace(flow), trace.decidingPacket?.inInterface == nil else { return nil }
      return TypicalTrace(role: .answer(listener.port), trace: trace)
    }
  }

  /// The connections to other hosts, of the families in which the pod has an address.
  var outbound: [Flow] {
    let families = IPFamily.allCases.filter { facts.host.podAddress($0) != nil }
    let typical = families.flatMap(flows).filter { $0.role == .appOutbound || $0.role == .proxyOutbound }
    let neighbours = facts.host.networks.flatMap { network in
      [appOwner, proxyOwner].compactMap { neighbour(in: network, of: $0) }
    }
    return (typical + questions).map(\.flow) + neighbours
  }

  /// A connection to another host in a network of the pod; nil if the network has no other.
  func neighbour(in network: HostContext.Network, of owner: SocketOwner?) -> Flow? {
    guard network.interface != .loopback,
      let own = facts.host.ownAddresses.first(where: { $0.isGlobal && network.block.contains($0) }),
      network.block.prefixLength < own.family.addressBits
    else { return nil }
    return Flow(.outbound, to: Endpoint(IPAddress(own.family, bits: own.bits ^ 1), 80), owner: owner)
  }

  /// The pod's address; one of a block for documentation if the namespace has no address at all.
  private func own(_ family: IPFamily) -> IPAddress? {
    guard !facts.host.ownAddresses.contains(where: \.isGlobal) else { return facts.host.podAddress(family) }
    return .examplePod(family)
  }

  private struct TypicalFlow {
    let role: TypicalTrace.Role
    let flow: Flow
  }

  private func flows(_ family: IPFamily) -> [TypicalFlow] {
    let destination = Endpoint(outside(family), 80)
    let outbound = [
      TypicalFlow(role: .appOutbound, flow: Flow(.outbound, to: destination, owner: appOwner)),
      TypicalFlow(role: .proxyOutbound, flow: Flow(.outbound, to: destination, owner: proxyOwner)),
    ]
    guard let own = own(family) else { return outbound }
    let inbound = inboundPorts(family).map { role, port in
      TypicalFlow(role: role, flow: Flow(.inbound, to: Endpoint(own, port), from: .exampleClient(family)))
    }
    let delivered = inbound.compactMap { typical -> TypicalFlow? in
      guard case .appInbound(let port, nil) = typical.role else { return nil }
      let flow = Flow(.outbound, to: Endpoint(own, port), from: .passthrough(family), owner: proxyOwner)
      return TypicalFlow(role: .proxyToApp(port), flow: flow)
    }
    return outbound + inbound + delivered + inboundElsewhere(family)
  }

  /// Connections to the app on the interfaces besides the pod's, unless the rules exclude them.
  private func inboundElsewhere(_ family: IPFamily) -> [TypicalFlow] {
    let others = facts.host.interfaceAddresses.filter { name, _ in
      name != .loopback && name != facts.host.podInterface
        && configuration?.excludesInterface(name.description) == false
    }
    return others.sorted { $0.key.description < $1.key.description }.prefix(8).flatMap { name, addresses in
      addresses.first { $0.family == family && $0.isGlobal }.map { address in
        appPorts(family).map { port in
          TypicalFlow(
            role: .appInbound(port, on: name),
            flow: Flow(.inbound, to: Endpoint(address, port), from: .exampleClient(family), interface: name))
        }
      } ?? []
    }
  }

  /// The ports of the app that other pods can connect to.
  private func appPorts(_ family: IPFamily) -> [Port] {
    Set(appListeners.filter { !$0.isLoopbackOnly && $0.takes(family) }.map(\.port)).sorted()
  }

  private var questions: [TypicalFlow] {
    facts.questions.flatMap { question in
      [
        TypicalFlow(role: .question, flow: Flow(.outbound, to: question.destination, owner: appOwner)),
        TypicalFlow(role: .proxyQuestion, flow: Flow(.outbound, to: question.destination, owner: proxyOwner)),
      ]
    }
  }

  private func inboundPorts(_ family: IPFamily) -> [(TypicalTrace.Role, Port)] {
    let app = appPorts(family)
    // An example, if no app listens on a captured port.
    let captured = app.contains(where: isCaptured) ? nil : InboundPorts.examples.first(where: isCaptured)
    return app.map { (.appInbound($0, on: nil), $0) } + (captured.map { [(.capturedInbound($0), $0)] } ?? [])
      + [.agentStatus, .envoyReadiness, .envoyMetrics].map { (.health($0), $0) }
      + facts.probes.map { (.probe($0), $0.port) }
  }

  private func isCaptured(_ port: Port) -> Bool { configuration?.inboundPorts.captures(port) == true }

  /// The first captured address, if the rules list what they capture.
  private func outside(_ family: IPFamily) -> IPAddress {
    guard case .only(let blocks) = configuration?.outboundCIDRs,
      let block = blocks.first(where: { $0.address.family == family && !$0.address.isLoopback })
    else { return .exampleServer(family) }
    return block.address
  }

  /// The app's user, as far as it is known; 1000 without an app.
  private var appOwner: SocketOwner? {
    let proxy = Set(configuration?.proxyUsers ?? [])
    let user = appListeners.lazy.compactMap(\.user).first { !proxy.contains($0) }
    let process = facts.processes.first { $0.user == user }
    guard let user = user ?? UserID(rawValue: 1000),
      let group = process?.group ?? GroupID(rawValue: user.rawValue)
    else { return nil }
    return SocketOwner(user: user, group: group)
  }

  private var proxyOwner: SocketOwner {
    SocketOwner(
      user: configuration?.proxyUsers.first ?? .defaultProxy,
      group: configuration?.proxyGroups.first ?? .defaultProxy)
  }
}

extension IPAddress {
  /// The address from which the proxy connects to the app: 127.0.0.6 or ::6.
  fileprivate static func passthrough(_ family: IPFamily) -> IPAddress {
    IPAddress(family == .ipv4 ? "127.0.0.6" : "::6") ?? .localhost(family)
  }
}
