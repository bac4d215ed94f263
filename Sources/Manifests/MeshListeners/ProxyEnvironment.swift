import Intercept
import MeshModel
import SidecarInjection

/// The properties of a proxy that its listeners depend on: address families, interception and its own ports.
struct ProxyEnvironment {
  /// The families of the pod's addresses.
  let families: [IPFamily]
  /// True if no connection is redirected to the proxy (interception mode NONE): all listeners bind to ports.
  let isUncaptured: Bool
  let outboundPort: Port
  let inboundPort: Port
  /// True if the proxy cannot bind to ports below 1024.
  let isUnprivileged: Bool
  let traits: ListenerTraits
  /// True with the control plane's `ISTIO_DUAL_STACK`.
  private let isDualStack: Bool
  /// The ports of the proxy's static listeners.
  private let staticPorts: Set<Port> = [.envoyReadiness, .envoyMetrics]

  init(_ pod: PodOptions, _ rules: Configuration, _ mesh: Mesh) {
    traits = mesh.followedRelease.listenerTraits
    isDualStack = traits.readsDualStack && mesh.values.isTrue(.dualStack)
    let families = IPFamily.allCases.filter { family in pod.addresses.contains { $0.family == family } }
    self.families = families.isEmpty ? [.ipv4] : families
    isUnprivileged = pod.isUnprivileged
    isUncaptured = pod.interceptionMode == "NONE"
    outboundPort = rules.proxyPort
    inboundPort = rules.inboundCapturePort
  }

  /// The families of outbound listeners.
  private var outboundFamilies: [IPFamily] {
    traits.bindsEveryFamily || isDualStack ? families : Array(families.prefix(1))
  }

  /// The wildcard addresses of outbound listeners.
  var wildcards: [IPAddress] { outboundFamilies.map { IPAddress($0, bits: 0) } }

  /// The wildcard addresses of the listeners of gateways and waypoints.
  var gatewayWildcards: [IPAddress] {
    families.prefix(isDualStack ? families.count : 1).map { IPAddress($0, bits: 0) }
  }

  /// The loopback addresses of outbound listeners.
  var loopbacks: [IPAddress] { outboundFamilies.map { $0 == .ipv4 ? .loopback4 : .loopback6 } }

  /// A port of the wildcard addresses of both families.
  func allWildcards(_ port: Port) -> [Endpoint] {
    IPFamily.allCases.map { Endpoint(IPAddress($0, bits: 0), port) }
  }

  /// Returns the addresses of a host that its listener has: those of the pod's families, or the first.
  func supported(_ addresses: [IPAddress]) -> [IPAddress] {
    let supported = addresses.filter { families.contains($0.family) }
    let known = traits.limitsFamilies && !supported.isEmpty ? supported : addresses
    guard traits.bindsEveryFamily || isDualStack, !supported.isEmpty else { return Array(known.prefix(1)) }
    return known.prefix(1) + supported.filter { $0 != known.first }
  }

  /// Returns false for listeners on the wildcard address that would conflict with the proxy's own, and for ports that the
  /// proxy must not bind to.
  ///
  /// The corresponding Istio function is `CanBindToPort`.
  ///
  /// - Parameters:
  ///   - bind: the address of the listener; nil if it has none yet, in which case HTTP gets the wildcard address.
  ///   - isBound: true if the listener binds to the port.
  func canBind(_ port: Port, _ portProtocol: PortProtocol, to bind: IPAddress?, isBound: Bool) -> Bool {
    if isBound, isUnprivileged, port.isPrivileged { return false }
    guard bind.map({ $0 == wildcards[0] }) ?? portProtocol.isHTTP else { return true }
    return !(traits.reservesStaticPorts && staticPorts.contains(port))
      && !(traits.reservesRedirectedPorts && isRedirected(port))
  }

  /// Returns false for filter chains of inbound connections that the proxy must not have.
  ///
  /// - Parameters:
  ///   - bind: the address of a Sidecar's ingress; nil for none.
  ///   - isBound: true if the listener binds to the port.
  ///   - isIngress: true for a Sidecar's ingress, which Istio does not compare with the redirected ports.
  func canAccept(
    _ port: Port, _ portProtocol: PortProtocol, at bind: IPAddress?, isBound: Bool, isIngress: Bool
  ) -> Bool {
    if isBound, isUnprivileged, port.isPrivileged { return false }
    let isReserved = staticPorts.contains(port) || !isIngress && isRedirected(port)
    guard isReserved, traits.reservesInboundPorts || isBound && traits.reservesStaticPorts else {
      return true
    }
    return !(bind.map { $0 == wildcards[0] } ?? portProtocol.isHTTP)
  }

  private func isRedirected(_ port: Port) -> Bool { port == outboundPort || port == inboundPort }
}

extension Port {
  /// True for ports below 1024.
  var isPrivileged: Bool { rawValue < 1024 }
}

extension IPAddress {
  fileprivate static let loopback4 = IPAddress.ipv4(IPv4Address(127, 0, 0, 1))
  fileprivate static let loopback6 = IPAddress.ipv6(IPv6Address(bits: 1))
}
