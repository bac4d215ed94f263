public import Intercept

/// The listeners that Istio would give a pod's proxy, as far as the objects of a list make them.
///
/// They are what `istioctl proxy-config listeners` shows of the pod, for TCP: one for each address and port of a host
/// that the proxy is told of, one on every address for what has no address of its own, and the two that the rules send
/// connections to. What HTTP routes do then, what destination rules, gateways and EnvoyFilters change, is left out.
public struct ProxyListeners: Sendable {
  public let configuration: EnvoyConfiguration
  /// What the list does not say, and would have to.
  public let warnings: [String]

  /// - Parameters:
  ///   - list: the objects that the mesh knows.
  ///   - pod: whose proxy it is.
  ///   - values: what the mesh's installation sets.
  ///   - release: the release of Istio; nil where nobody says, and then ExternalName Services make listeners.
  ///   - rules: the ports that the pod's rules send connections to.
  public init(
    _ list: ObjectList, for pod: PodOptions, values: MeshValues, release: IstioRelease?, rules: Configuration
  ) {
    let given = AutoAllocatedAddresses(capturesDNS: rules.dns != .none, allocates: pod.allocates)
    let mesh = Mesh(list, values, release: release, givenAddresses: given)
    var draft = ListenerDraft(mesh, pod)
    draft.addHosts()
    let inbound = InboundChains(mesh, pod).chains
    configuration = EnvoyConfiguration(
      listeners: Self.own(rules, inbound, values) + draft.listeners, outboundPort: rules.proxyPort,
      inboundPort: rules.inboundCapturePort)
    warnings = draft.warnings
  }

  /// The listeners that the rules send connections to.
  private static func own(_ rules: Configuration, _ inbound: [EnvoyFilterChain], _ values: MeshValues)
    -> [EnvoyListener]
  {
    var loop = EnvoyFilterChainMatch()
    loop.destinationPort = rules.proxyPort
    let isClosed = values[.outboundPolicy] == "REGISTRY_ONLY"
    let catchAll = EnvoyFilterChain(
      name: "virtualOutbound-catchall-tcp", to: .cluster(isClosed ? "BlackHoleCluster" : "PassthroughCluster")
    )
    let blackHole = EnvoyFilterChain(
      name: "virtualOutbound-blackhole", match: loop, to: .cluster("BlackHoleCluster"))
    return [
      EnvoyListener(
        name: "virtualOutbound", ends: everywhere(rules.proxyPort), direction: .outbound, usesOriginalDestination: true,
        filterChains: [blackHole, catchAll]),
      EnvoyListener(
        name: "virtualInbound", ends: everywhere(rules.inboundCapturePort), direction: .inbound,
        usesOriginalDestination: false,
        filterChains: inbound,
        defaultFilterChain: EnvoyFilterChain(
          name: "virtualInbound-catchall", to: .cluster("InboundPassthroughCluster"))),
    ]
  }

  private static func everywhere(_ port: Port) -> [Endpoint] {
    IPFamily.allCases.map { Endpoint(IPAddress($0, bits: 0), port) }
  }
}
