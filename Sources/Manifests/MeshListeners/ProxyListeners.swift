public import Intercept
public import KubernetesObjects
import MeshModel
public import SidecarInjection

/// The listeners that Istio creates for a pod's proxy, as far as a list of objects determines them.
///
/// A sidecar has the TCP listeners of `istioctl proxy-config listeners`: one for each address and port of a visible host,
/// one on the wildcard address for hosts without an address, and the two that the rules redirect to. A gateway's pod,
/// which has no rules, has those of the Gateways that select it, and a waypoint's pod those of its hosts. EnvoyFilters are
/// not considered.
public struct ProxyListeners: Sendable {
  public let configuration: EnvoyConfiguration
  /// The clusters that the listeners refer to, with their endpoints and TLS.
  public var resources: any EnvoyResources & Sendable { clusters }
  private let clusters: MeshClusters
  private let policy: MutualTLSPolicy
  /// Facts that the list lacks and the listeners depend on.
  public let warnings: [String]

  /// - Parameters:
  ///   - list: the objects of the mesh.
  ///   - pod: the pod of the proxy.
  ///   - values: the settings of the mesh's installation.
  ///   - release: the release of Istio; if it is nil, ExternalName Services have listeners.
  ///   - rules: the ports that the pod's rules redirect to.
  public init(
    _ list: ObjectList, for pod: PodOptions, values: MeshValues, release: IstioRelease?, rules: Configuration
  ) {
    let allocation = AutoAllocatedAddresses(
      capturesDNS: rules.dns != .none || Mesh.isWaypoint(pod), dnsAutoAllocate: pod.dnsAutoAllocate)
    let mesh = Mesh(list, values, release: release, autoAllocatedAddresses: allocation)
    policy = mesh.mutualTLS(of: pod.labels, in: pod.object.namespace)
    let environment = ProxyEnvironment(pod, rules, mesh)
    if pod.noRules != nil,
      let waypoint = WaypointListeners(mesh, pod, wildcards: environment.gatewayWildcards)
    {
      clusters = MeshClusters(mesh, pod, .waypoint, nil)
      configuration = EnvoyConfiguration(
        listeners: waypoint.listeners, outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
      warnings = Self.unmodelled(mesh)
      return
    }
    if pod.noRules != nil, let gateway = GatewayListeners(mesh, pod, wildcards: environment.gatewayWildcards)
    {
      clusters = MeshClusters(mesh, pod, .gateway, gateway.routes)
      configuration = EnvoyConfiguration(
        listeners: gateway.listeners, outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
      warnings = gateway.warnings + Self.unmodelled(mesh)
      return
    }
    let scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    clusters = MeshClusters(mesh, pod, .sidecar, MeshRoutes(mesh, scope, labels: pod.labels))
    var outbound = OutboundListenerBuilder(mesh, pod, environment)
    outbound.addListeners()
    let inbound = InboundListeners(mesh, pod, environment)
    let redirected =
      environment.isUncaptured ? [] : [environment.outbound(mesh.outboundPolicy(scope))]
    configuration = EnvoyConfiguration(
      listeners: redirected + inbound.listeners + outbound.listeners + environment.httpProxy(mesh.values),
      outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
    warnings = outbound.warnings + Self.unmodelled(mesh)
  }

  /// Returns the endpoints of the Service with an address and a port, to which kube-proxy sends a connection that the
  /// proxy does not get; nil if the list has no such Service, or not the endpoints.
  public func serviceEndpoints(at address: Endpoint) -> [EnvoyEndpoint]? {
    clusters.serviceEndpoints(at: address)
  }

  /// Returns the PeerAuthentication that decides about a port; nil for Istio's default.
  public func peerAuthentication(of port: Port) -> String? {
    policy.setting(of: port).object.map { "\($0)" }
  }

  /// Warnings of objects that change listeners and are not followed.
  private static func unmodelled(_ mesh: Mesh) -> [String] {
    let filters =
      mesh.list.kinds.contains("EnvoyFilter")
      ? ["EnvoyFilters in the list are not followed: they may change listeners and filter chains"] : []
    return filters + mesh.gatewayAPIWarnings
  }
}

extension ProxyEnvironment {
  /// The listener that the rules redirect outbound connections to. Connections without another listener follow a policy.
  fileprivate func outbound(_ policy: OutboundPolicy) -> EnvoyListener {
    var loop = EnvoyFilterChainMatch()
    loop.destinationPort = outboundPort
    let blackHole = EnvoyFilterChain(
      name: "virtualOutbound-blackhole", match: loop, to: .cluster("BlackHoleCluster"))
    let catchAll = EnvoyFilterChain(name: "virtualOutbound-catchall-tcp", to: .cluster(policy.cluster))
    let http = policy == .allowAnyDynamicDNS ? [Self.http(policy)] : []
    return EnvoyListener(
      name: "virtualOutbound", addresses: allWildcards(outboundPort), usesOriginalDestination: true,
      listenerFilters: http.isEmpty ? [] : [EnvoyListenerFilter(.httpInspector)],
      filterChains: [blackHole] + http + [catchAll])
  }

  /// The listener of the mesh's HTTP proxy (`proxyHttpPort`), if it has one.
  ///
  /// The corresponding Istio function is `buildHTTPProxy`.
  fileprivate func httpProxy(_ values: MeshValues) -> [EnvoyListener] {
    guard let port = values[.httpProxyPort].flatMap({ Port($0) }), let first = loopbacks.first else {
      return []
    }
    let chain = EnvoyFilterChain(to: .http(EnvoyHTTPConnectionManager(routes: "http_proxy")))
    return [
      EnvoyListener(
        name: "\(first)_\(port)", addresses: loopbacks.map { Endpoint($0, port) }, listenerFilters: [],
        filterChains: [chain])
    ]
  }

  /// The filter chain of plain-text HTTP to unknown names.
  private static func http(_ policy: OutboundPolicy) -> EnvoyFilterChain {
    var match = EnvoyFilterChainMatch()
    match.applicationProtocols = IstioALPN.plainHTTP
    return EnvoyFilterChain(
      name: "virtualOutbound-catchall-tcp-http", match: match,
      to: .http(EnvoyHTTPConnectionManager(routes: policy.virtualHost, inline: policy.routes)))
  }
}
