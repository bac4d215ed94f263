public import Intercept
public import KubernetesObjects
import MeshModel
public import SidecarInjection

/// The listeners that Istio creates for a pod's proxy, as far as a list of objects determines them.
///
/// A sidecar has the TCP listeners of `istioctl proxy-config listeners`: one for each address and port of a visible host,
/// one on the wildcard address for hosts without an address, and the two that the rules redirect to. A gateway's pod,
/// which has no rules, has those of the Gateways that select it. HTTP routes, DestinationRules and EnvoyFilters are not
/// considered.
public struct ProxyListeners: Sendable {
  public let configuration: EnvoyConfiguration
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
      capturesDNS: rules.dns != .none, dnsAutoAllocate: pod.dnsAutoAllocate)
    let mesh = Mesh(list, values, release: release, autoAllocatedAddresses: allocation)
    if pod.noRules != nil, let gateway = GatewayListeners(mesh, pod) {
      configuration = EnvoyConfiguration(
        listeners: gateway.listeners, outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
      warnings = gateway.warnings + Self.unmodelled(list)
      return
    }
    let reserved: Set<Port> = [
      rules.proxyPort, rules.inboundCapturePort, .envoyReadiness, .envoyMetrics,
    ]
    var outbound = OutboundListenerBuilder(mesh, pod, reserved: reserved)
    outbound.addListeners()
    let inbound = InboundFilterChains(mesh, pod, reserved: reserved)
    let scope = mesh.sidecarScope(of: pod.object.namespace, labels: pod.labels)
    let virtual = VirtualListeners(rules, isRegistryOnly: mesh.closesUnknownDestinations(scope))
    configuration = EnvoyConfiguration(
      listeners: [virtual.outbound, virtual.inbound(inbound.chains)] + inbound.listeners + outbound.listeners,
      outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
    warnings = outbound.warnings + Self.unmodelled(list)
  }

  /// Warnings of objects that change listeners and are not followed.
  private static func unmodelled(_ list: ObjectList) -> [String] {
    list.kinds.contains("EnvoyFilter")
      ? ["EnvoyFilters in the list are not followed: they may change listeners and filter chains"] : []
  }
}

/// The listeners that the rules redirect to: `virtualOutbound` and `virtualInbound`.
private struct VirtualListeners {
  let rules: Configuration
  let isRegistryOnly: Bool

  init(_ rules: Configuration, isRegistryOnly: Bool) {
    self.rules = rules
    self.isRegistryOnly = isRegistryOnly
  }

  var outbound: EnvoyListener {
    var loop = EnvoyFilterChainMatch()
    loop.destinationPort = rules.proxyPort
    let blackHole = EnvoyFilterChain(
      name: "virtualOutbound-blackhole", match: loop, to: .cluster("BlackHoleCluster"))
    let catchAll = EnvoyFilterChain(
      name: "virtualOutbound-catchall-tcp",
      to: .cluster(isRegistryOnly ? "BlackHoleCluster" : "PassthroughCluster"))
    return EnvoyListener(
      name: "virtualOutbound", addresses: wildcards(rules.proxyPort), usesOriginalDestination: true,
      filterChains: [blackHole, catchAll])
  }

  func inbound(_ chains: [EnvoyFilterChain]) -> EnvoyListener {
    var loop = EnvoyFilterChainMatch()
    loop.destinationPort = rules.inboundCapturePort
    let blackHole = EnvoyFilterChain(
      name: "virtualInbound-blackhole", match: loop, to: .cluster("BlackHoleCluster"))
    return EnvoyListener(
      name: "virtualInbound", addresses: wildcards(rules.inboundCapturePort),
      filterChains: [blackHole] + chains,
      defaultFilterChain: EnvoyFilterChain(
        name: "virtualInbound-catchall", to: .cluster("InboundPassthroughCluster")))
  }

  private func wildcards(_ port: Port) -> [Endpoint] {
    IPFamily.allCases.map { Endpoint(IPAddress($0, bits: 0), port) }
  }
}

extension MeshValues {
  /// True if connections to unknown destinations are closed.
  var isRegistryOnly: Bool { self[.outboundPolicy] == "REGISTRY_ONLY" }
}
