public import Intercept
public import KubernetesObjects
import MeshModel
public import SidecarInjection

/// The listeners that Istio creates for a pod's proxy, as far as a list of objects determines them.
///
/// They are the TCP listeners of `istioctl proxy-config listeners`: one for each address and port of a visible host, one
/// on the wildcard address for hosts without an address, and the two that the rules redirect to. HTTP routes,
/// DestinationRules, Gateways and EnvoyFilters are not considered.
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
    var outbound = OutboundListenerBuilder(mesh, pod)
    outbound.addHosts()
    let virtual = VirtualListeners(rules, isRegistryOnly: values.isRegistryOnly)
    configuration = EnvoyConfiguration(
      listeners: [virtual.outbound, virtual.inbound(mesh.inboundFilterChains(of: pod))] + outbound.listeners,
      outboundPort: rules.proxyPort, inboundPort: rules.inboundCapturePort)
    warnings = outbound.warnings
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
      name: "virtualOutbound", addresses: wildcards(rules.proxyPort),
      usesOriginalDestination: true,
      filterChains: [blackHole, catchAll])
  }

  func inbound(_ chains: [EnvoyFilterChain]) -> EnvoyListener {
    EnvoyListener(
      name: "virtualInbound", addresses: wildcards(rules.inboundCapturePort), filterChains: chains,
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

extension Mesh {
  /// Returns the filter chains of `virtualInbound`: one for each port of the pod that Services lead to.
  fileprivate func inboundFilterChains(of pod: PodOptions) -> [EnvoyFilterChain] {
    var seen: Set<Port> = []
    return list.services.filter { service in
      service.object.namespace == pod.object.namespace && service.selector.isSatisfied(by: pod.labels)
    }.flatMap { service in
      service.ports.filter { $0.transport == "TCP" }.map { podPort(of: $0, in: service) ?? $0.number }
    }.filter { seen.insert($0).inserted }.map { port in
      var match = EnvoyFilterChainMatch()
      match.destinationPort = port
      return EnvoyFilterChain(match: match, to: .cluster("inbound|\(port)||"))
    }
  }
}
