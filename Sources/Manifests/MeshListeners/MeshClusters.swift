package import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The clusters and routes that Istio creates for a pod's proxy, with endpoints and TLS.
///
/// The corresponding Istio functions are `BuildClusters` and `BuildClusterLoadAssignment`.
package struct MeshClusters: EnvoyResources, Sendable {
  let mesh: Mesh
  private let security: ClientSecurity
  private let inbound: InboundClusters
  /// The visible hosts by name: several, if ServiceEntries share one.
  private let hosts: [String: [MeshHost]]
  private let kind: ProxyKind
  /// The node of the pod; nil if it is not known.
  private let node: String?
  private let routes: (any RouteConfigurations)?

  init(_ mesh: Mesh, _ pod: PodOptions, _ kind: ProxyKind, _ routes: (any RouteConfigurations)?) {
    self.mesh = mesh
    self.kind = kind
    node = pod.node
    let namespace = pod.object.namespace
    let scope = mesh.sidecarScope(of: namespace, labels: pod.labels)
    security = ClientSecurity(mesh: mesh, labels: pod.labels, namespace: namespace)
    inbound = InboundClusters(scope.sidecar?.ingress ?? [], pod.addresses)
    let visible = scope.egress.flatMap { scope.hosts(of: $0, among: mesh.hosts) }
    hosts = Dictionary(grouping: visible + scope.inOrder(mesh.hosts, \.exportTo), by: \.host)
    self.routes = routes
  }

  package var hasClusters: Bool { true }

  /// Returns the host of a name that has a port, in the namespace of the first host of the name.
  func host(_ name: String, with port: Port) -> MeshHost? {
    let namespace = hosts[name]?.first?.object.namespace
    return hosts[name]?.first { host in
      host.object.namespace == namespace && host.ports.contains { $0.number == port }
    }
  }

  package func routes(_ name: String) -> EnvoyRouteConfiguration? { routes?.configuration(name) }

  package func assignment(_ service: String) -> [EnvoyEndpoint]? { nil }

  package func reportedEndpoints(_ cluster: String) -> [EnvoyEndpoint]? { nil }

  package func cluster(_ name: String) -> EnvoyCluster? {
    switch ClusterName(name) {
    case .passthrough, .blackHole, .inboundPassthrough: EnvoyCluster(wellKnown: name)
    case .inbound(let port): inbound.cluster(name, port)
    case .outbound(let port, let subset, let host), .autoPassthrough(let port, let subset, let host):
      outbound(name, port, subset, host)
    case .waypoint, .proxy, .other: kind == .waypoint ? waypointCluster(name) : nil
    }
  }

  private func outbound(_ name: String, _ number: Port, _ subset: String, _ hostName: String) -> EnvoyCluster?
  {
    guard let port = clusterPort(number, subset, hostName) else { return nil }
    let keepsDestination =
      kind == .sidecar && port.host.keepsDestination
      || port.policy?.keepsDestination(number, subset: subset) == true
    let settings = security.settings(port, keepsDestination: keepsDestination)
    var cluster = EnvoyCluster(
      name: name, tls: settings.tls, applicationProtocols: settings.applicationProtocols,
      tlsReason: settings.reason)
    if keepsDestination {
      cluster.discovery = .originalDestination(port: nil)
    } else if let endpoints = endpoints(of: port) {
      cluster.endpoints = endpoints
    } else {
      cluster.discovery = .eds(service: name)
    }
    if settings.isAutomatic, !keepsDestination { cluster.detectMutualTLS() }
    return cluster
  }

  /// Returns the port of a visible host; nil if there is no such host, port or subset.
  func clusterPort(_ number: Port, _ subset: String, _ hostName: String) -> ClusterPort? {
    guard let host = host(hostName, with: number), let port = host.ports.first(where: { $0.number == number })
    else { return nil }
    let cluster = security.cluster(host, port, subset: subset)
    return cluster.labels == nil ? nil : cluster
  }

  /// Returns the endpoints of the Service or ServiceEntry with an address and a port, to which kube-proxy sends a
  /// connection that the proxy does not get; nil if there is none.
  package func serviceEndpoints(at address: Endpoint) -> [EnvoyEndpoint]? {
    let host = mesh.hosts.first { host in
      if case .own(let addresses) = host.addresses { addresses.contains(address.address) } else { false }
    }
    guard let host, let port = host.ports.first(where: { $0.number == address.port }) else { return nil }
    return endpoints(of: security.cluster(host, port, subset: ""))
  }

  /// The endpoints of a port; nil if a workload in the list has no address yet, or a node is not known that matters.
  func endpoints(of cluster: ClusterPort) -> [EnvoyEndpoint]? {
    let (host, port, labels) = (cluster.host, cluster.port, cluster.labels ?? [:])
    let known = mesh.endpoints(of: host).filter {
      labels.isEmpty || labels.isSatisfied(by: $0.labels)
    }
    if known.isEmpty, host.resolution == .dynamicDNS { return nil }
    if known.isEmpty, host.resolution == .dns {
      let target = port.number(in: nil) ?? port.number
      return [EnvoyEndpoint(.name(host.externalName ?? host.host, port: Int(target.rawValue)))]
    }
    if known.isEmpty, mesh.hasWorkloadsWithoutAddress(host) { return nil }
    return reachable(known, of: host)?.compactMap { self.endpoint($0, of: cluster) }
  }

  /// Returns the endpoints that a Service's `internalTrafficPolicy` leaves; nil if a node is not known.
  private func reachable(_ endpoints: [MeshEndpoint], of host: MeshHost) -> [MeshEndpoint]? {
    guard host.staysOnNode, mesh.followedRelease.traits.readsInternalTrafficPolicy,
      !endpoints.isEmpty
    else { return endpoints }
    guard let node, endpoints.allSatisfy({ $0.node != nil }) else { return nil }
    return endpoints.filter { $0.node == node }
  }

  private func endpoint(_ endpoint: MeshEndpoint, of cluster: ClusterPort) -> EnvoyEndpoint? {
    guard let number = endpoint.port(cluster.port),
      let address = EnvoyEndpoint.Address(endpoint, number)
    else { return nil }
    if kind == .waypoint, endpoint.acceptsTunnel,
      let end = endpoint.address.map({ Endpoint($0, number) })
    {
      return EnvoyEndpoint(
        .listener("connect_originate", id: end.description), labels: endpoint.labels)
    }
    let match = security.acceptsMutualTLS(endpoint, number, cluster) ? ["tlsMode": "istio"] : [:]
    return EnvoyEndpoint(address, socketMatch: match, labels: endpoint.labels)
  }
}

extension EnvoyEndpoint.Address {
  /// The address of a workload; nil for an empty one.
  fileprivate init?(_ endpoint: MeshEndpoint, _ port: Port) {
    if let address = endpoint.address {
      self = .socket(Endpoint(address, port))
    } else if endpoint.host.hasPrefix("unix://") {
      self = .pipe(String(endpoint.host.dropFirst("unix://".count)))
    } else if !endpoint.host.isEmpty {
      self = .name(endpoint.host, port: Int(port.rawValue))
    } else {
      return nil
    }
  }
}

extension EnvoyCluster {
  /// Limits mutual TLS to endpoints that have a proxy (`tlsMode-istio`).
  fileprivate mutating func detectMutualTLS() {
    transportSocketMatches = [
      TransportSocketMatch(
        name: "tlsMode-istio", match: ["tlsMode": "istio"], tls: tls,
        applicationProtocols: applicationProtocols),
      TransportSocketMatch(name: "tlsMode-disabled", match: [:], tls: .none),
    ]
    (tls, applicationProtocols) = (.none, [])
  }
}

/// The clusters of inbound connections: to the original destination, or to the `defaultEndpoint` of a Sidecar's ingress.
struct InboundClusters {
  private let endpoints: [Port: EnvoyEndpoint.Address]

  /// - Parameter addresses: the pod's addresses, which `0.0.0.0` and `[::]` mean in a `defaultEndpoint`.
  init(_ ingress: [Sidecar.IngressListener], _ addresses: [IPAddress]) {
    let pairs = ingress.compactMap { listener -> (Port, EnvoyEndpoint.Address)? in
      let text = listener.defaultEndpoint
      if text.hasPrefix("unix://") {
        return (listener.port.number, .pipe(String(text.dropFirst("unix://".count))))
      }
      guard let end = Endpoint(text) else { return nil }
      let own = addresses.first { $0.family == end.address.family }
      return (
        listener.port.number, .socket(end.address.bits == 0 ? Endpoint(own ?? end.address, end.port) : end)
      )
    }
    endpoints = Dictionary(pairs) { first, _ in first }
  }

  func cluster(_ name: String, _ port: Port) -> EnvoyCluster {
    guard let address = endpoints[port] else {
      return EnvoyCluster(name: name, discovery: .originalDestination(port: nil))
    }
    return EnvoyCluster(name: name, endpoints: [EnvoyEndpoint(address)])
  }
}
