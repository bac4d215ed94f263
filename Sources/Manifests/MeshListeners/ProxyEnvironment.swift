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
  /// The ports of the proxy's static listeners.
  private let staticPorts: Set<Port> = [.envoyReadiness, .envoyMetrics]

  init(_ pod: PodOptions, _ rules: Configuration) {
    let families = IPFamily.allCases.filter { family in pod.addresses.contains { $0.family == family } }
    self.families = families.isEmpty ? [.ipv4] : families
    isUnprivileged = pod.isUnprivileged
    isUncaptured = pod.interceptionMode == "NONE"
    outboundPort = rules.proxyPort
    inboundPort = rules.inboundCapturePort
  }

  /// The wildcard address of each family that the pod has.
  var wildcards: [IPAddress] { families.map { IPAddress($0, bits: 0) } }

  /// The loopback address of each family that the pod has.
  var loopbacks: [IPAddress] { families.map { $0 == .ipv4 ? .loopback4 : .loopback6 } }

  /// A port of the wildcard addresses of both families.
  func allWildcards(_ port: Port) -> [Endpoint] {
    IPFamily.allCases.map { Endpoint(IPAddress($0, bits: 0), port) }
  }

  /// Returns the addresses of the pod's families; all if there are none, as Istio does.
  func supported(_ addresses: [IPAddress]) -> [IPAddress] {
    let supported = addresses.filter { families.contains($0.family) }
    return supported.isEmpty ? Array(addresses.prefix(1)) : supported
  }

  /// Returns false for listeners on the wildcard address that would conflict with the proxy's own, and for ports that the
  /// proxy must not bind to.
  ///
  /// The corresponding Istio function is `CanBindToPort`.
  ///
  /// - Parameters:
  ///   - bind: the address of the listener; nil if it has none yet, in which case HTTP gets the wildcard address.
  ///   - isBound: true if the listener binds to the port.
  ///   - isIngress: true for a Sidecar's ingress, which Istio does not compare with the redirected ports.
  func canBind(
    _ port: Port, _ portProtocol: PortProtocol, to bind: IPAddress?, isBound: Bool, isIngress: Bool = false
  ) -> Bool {
    if isBound, isUnprivileged, port.isPrivileged { return false }
    let isOnWildcard = bind.map { $0 == wildcards[0] } ?? portProtocol.isHTTP
    guard isOnWildcard else { return true }
    let isRedirected = !isIngress && (port == outboundPort || port == inboundPort)
    return !staticPorts.contains(port) && !isRedirected
  }
}

extension Port {
  /// True for ports below 1024.
  var isPrivileged: Bool { rawValue < 1024 }
}

extension IPAddress {
  fileprivate static let loopback4 = IPAddress.ipv4(IPv4Address(127, 0, 0, 1))
  fileprivate static let loopback6 = IPAddress.ipv6(IPv6Address(bits: 1))
}
