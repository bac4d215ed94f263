import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The inbound listeners of a sidecar: `virtualInbound` with the filter chains of all ports, and those of a Sidecar that
/// bind to a port of their own.
///
/// The corresponding Istio functions are `buildInboundListeners` and `buildInboundChainConfigs`.
struct InboundListeners {
  private let policy: MutualTLSPolicy
  private let environment: ProxyEnvironment
  private var chains: [EnvoyFilterChain] = []
  private var own: [EnvoyListener] = []
  private var ports: Set<Port> = []
  private let passthroughClusters: [PassthroughCluster]

  /// The cluster of ports without a Service, for the connections of a family or of all.
  fileprivate struct PassthroughCluster {
    let name: String
    let blocks: [CIDR]
  }

  init(_ mesh: Mesh, _ pod: PodOptions, _ environment: ProxyEnvironment) {
    self.environment = environment
    passthroughClusters =
      mesh.release?.traits.splitsInboundPassthrough == true
      ? environment.families.map(PassthroughCluster.init)
      : [PassthroughCluster(name: "InboundPassthroughCluster", blocks: [])]
    policy = mesh.mutualTLS(of: pod.labels, in: pod.object.namespace)
    let ingress = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels).sidecar?.ingress ?? []
    for listener in ingress { add(listener) }
    guard ingress.isEmpty, !environment.isUncaptured else { return }
    for target in mesh.inboundTargets(of: pod)
    where environment.canAccept(
      target.port, target.portProtocol, at: environment.wildcards[0], isBound: false, isIngress: false)
    {
      add(target, bind: nil)
    }
  }

  private mutating func add(_ listener: Sidecar.IngressListener) {
    let target = InboundTarget(
      port: listener.port.number, portProtocol: PortProtocol(word: listener.port.protocolName))
    let isBound = listener.isNotCaptured ?? environment.isUncaptured
    let bind = IPAddress(listener.bind)
    guard
      environment.canAccept(target.port, target.portProtocol, at: bind, isBound: isBound, isIngress: true)
    else { return }
    add(target, bind: isBound ? bind ?? environment.wildcards[0] : nil)
  }

  /// - Parameter bind: the address of a listener of its own; nil for filter chains of `virtualInbound`.
  private mutating func add(_ target: InboundTarget, bind: IPAddress?) {
    guard ports.insert(target.port).inserted else { return }
    let chains = self.chains(target.port, target.portProtocol, policy.setting(of: target.port).mode)
    guard let bind else {
      self.chains += chains
      return
    }
    own.append(
      EnvoyListener(
        name: "\(bind)_\(target.port)", addresses: [Endpoint(bind, target.port)],
        listenerFilters: .inspectors(for: chains), filterChains: chains))
  }

  /// - Parameter port: nil for the ports without a Service.
  private func chains(
    _ port: Port?, _ portProtocol: PortProtocol, _ mode: MutualTLSMode,
    passthrough: PassthroughCluster? = nil
  ) -> [EnvoyFilterChain] {
    let cluster = passthrough?.name ?? "inbound|\(port?.description ?? "")||"
    return InboundChainOptions.all(mode, portProtocol).map { options in
      var match = EnvoyFilterChainMatch()
      match.destinationPort = port
      match.prefixRanges = passthrough?.blocks ?? []
      match.transportProtocol = options.transportProtocol
      match.applicationProtocols = options.applicationProtocols
      let name =
        passthrough == nil
        ? "\(environment.wildcards[0])_\(port?.description ?? "")"
        : options.isHTTP ? "virtualInbound-catchall-http" : "virtualInbound"
      return EnvoyFilterChain(
        name: name, match: match, terminatesTLS: options.isMutual,
        requiresClientCertificate: options.isMutual,
        to: options.isHTTP ? Self.http(cluster, port) : .cluster(cluster))
    }
  }

  /// A connection manager with one route: all requests to the app.
  private static func http(_ cluster: String, _ port: Port?) -> EnvoyDestination {
    let host = EnvoyVirtualHost(
      name: "inbound|http|\(port?.description ?? "0")", domains: ["*"],
      routes: [
        EnvoyRequestRoute(name: "default", match: EnvoyRequestMatch(.prefix("/")), action: .cluster(cluster))
      ])
    let routes = EnvoyRouteConfiguration(name: cluster, virtualHosts: [host])
    return .http(EnvoyHTTPConnectionManager(routes: cluster, inline: routes))
  }

  /// The filter chains of ports without a Service: one set for all, and one for each port with a mode of its own.
  private var passthrough: [EnvoyFilterChain] {
    let others = policy.ports.filter { !ports.contains($0.key) }.sorted { $0.key < $1.key }
    return passthroughClusters.flatMap { cluster in
      chains(nil, .unknown, policy.setting.mode, passthrough: cluster)
        + others.flatMap { port, setting in
          chains(port, .unknown, setting.mode, passthrough: cluster)
        }
    }
  }

  var listeners: [EnvoyListener] {
    guard !environment.isUncaptured else { return own }
    var loop = EnvoyFilterChainMatch()
    loop.destinationPort = environment.inboundPort
    let blackHole = EnvoyFilterChain(
      name: "virtualInbound-blackhole", match: loop, to: .cluster("BlackHoleCluster"))
    let chains = [blackHole] + passthrough + self.chains
    let virtual = EnvoyListener(
      name: "virtualInbound", addresses: environment.allWildcards(environment.inboundPort),
      listenerFilters: [EnvoyListenerFilter(.originalDestination)] + .inspectors(for: chains),
      filterChains: chains)
    return [virtual] + own
  }
}

extension InboundListeners.PassthroughCluster {
  /// The cluster of one family, up to Istio 1.22.
  init(_ family: IPFamily) {
    name = "InboundPassthroughCluster" + (family == .ipv4 ? "Ipv4" : "Ipv6")
    blocks = [CIDR(family == .ipv4 ? "0.0.0.0/0" : "::/0")].compactMap(\.self)
  }
}

/// A port of a pod that a Service leads to, and its protocol.
struct InboundTarget {
  let port: Port
  let portProtocol: PortProtocol
  /// The port of the Service; nil for that of a Sidecar.
  var service: Port?
  /// The host name of the Service; nil for that of a Sidecar.
  var host: String?
  /// The namespace of the Service; nil for that of a Sidecar.
  var namespace: String?
  /// True if Gateways name the pod's port, not the Service's.
  var keepsGatewayPorts = false
}

extension Mesh {
  /// Returns the ports of a pod that Services and ServiceEntries lead to, those of the oldest host first.
  ///
  /// The corresponding Istio function is `GetProxyServiceTargets`.
  func inboundTargets(of pod: PodOptions) -> [InboundTarget] {
    let target = InboundPod(options: pod, pod: list.pods.first { $0.object == pod.object })
    let isSelected = hosts.contains { $0.isService && target.isSelected(by: $0) }
    return hosts.filter { !isSelected || !$0.isService || target.isSelected(by: $0) }.flatMap {
      host in
      host.ports.filter { $0.portProtocol != .udp }.compactMap { port in
        number(of: port, in: host, for: target).map {
          InboundTarget(
            port: $0, portProtocol: port.portProtocol, service: port.number, host: host.host,
            namespace: host.object.namespace,
            keepsGatewayPorts: host.labels[IstioLabel.keepsGatewayPorts] != nil)
        }
      }
    }
  }

  /// Returns the pod's port that a host's port leads to; nil if it does not lead to the pod. EndpointSlices count only
  /// for pods that no Service selects.
  private func number(of port: MeshPort, in host: MeshHost, for target: InboundPod) -> Port? {
    let addresses = target.options.addresses
    if target.isSelected(by: host) { return port.number(in: target.pod) }
    if host.isService { return listedPorts(of: host, at: addresses)?[port.name] }
    let endpoint = host.endpoints.first { $0.address.map(addresses.contains) ?? false }
    return endpoint.flatMap { $0.ports[port.name] ?? port.number(in: target.pod) }
  }
}

/// A pod whose inbound ports are looked for.
private struct InboundPod {
  let options: PodOptions
  /// The pod in the list.
  let pod: Pod?

  func isSelected(by host: MeshHost) -> Bool {
    guard let selector = host.selector, !selector.isEmpty else { return false }
    return host.object.namespace == options.object.namespace
      && selector.isSatisfied(by: options.labels)
  }
}
