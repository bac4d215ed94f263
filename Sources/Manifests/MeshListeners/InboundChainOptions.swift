import Intercept
import KubernetesObjects
import MeshModel

/// The conditions of one filter chain for the inbound connections of a port.
///
/// The corresponding Istio type is `FilterChainMatchOptions`.
struct InboundChainOptions: Hashable {
  var applicationProtocols: [String] = []
  let isTLS: Bool
  /// True if the proxy terminates TLS and requires a certificate of the mesh.
  var isMutual = false
  var isHTTP = false

  var transportProtocol: String { isTLS ? "tls" : "raw_buffer" }
}

/// The application protocols (ALPN) by which Istio's proxies recognise each other.
enum IstioALPN {
  static let http = ["istio-http/1.0", "istio-http/1.1", "istio-h2"]
  static let tcp = ["istio-peer-exchange", "istio"]
  static let all = ["istio", "istio-peer-exchange"] + http
  /// Plain-text HTTP as the HTTP inspector detects it.
  static let plainHTTP = ["http/1.1", "h2c"]
}

extension InboundChainOptions {
  /// Returns the options of a port, in Istio's order.
  static func all(_ mode: MutualTLSMode, _ portProtocol: PortProtocol) -> [Self] {
    switch (mode, portProtocol.isHTTP, portProtocol == .unknown) {
    case (.disable, true, _): [Self(isTLS: false, isHTTP: true)]
    case (.disable, _, true): [detectedHTTP, plainTCP]
    case (.disable, _, false): [plainTCP]
    case (.permissive, true, _):
      [
        Self(applicationProtocols: IstioALPN.all, isTLS: true, isMutual: true, isHTTP: true),
        Self(isTLS: false, isHTTP: true),
      ]
    case (.permissive, _, true): [mutualHTTP, detectedHTTP, mutualTCP(IstioALPN.tcp), plainTCP, foreignTLS]
    case (.permissive, _, false): [mutualTCP(IstioALPN.all), foreignTLS, plainTCP]
    case (.strict, true, _): [Self(isTLS: true, isMutual: true, isHTTP: true)]
    case (.strict, _, true): [mutualHTTP, mutualTCP([])]
    case (.strict, _, false): [mutualTCP([])]
    }
  }

  private static let plainTCP = Self(isTLS: false)
  /// TLS of the app, which is not terminated.
  private static let foreignTLS = Self(isTLS: true)
  private static let detectedHTTP = Self(
    applicationProtocols: IstioALPN.plainHTTP, isTLS: false, isHTTP: true)
  private static let mutualHTTP = Self(
    applicationProtocols: IstioALPN.http, isTLS: true, isMutual: true, isHTTP: true)

  private static func mutualTCP(_ applicationProtocols: [String]) -> Self {
    Self(applicationProtocols: applicationProtocols, isTLS: true, isMutual: true)
  }
}

extension [EnvoyListenerFilter] {
  /// The inspectors of an inbound listener. A port whose filter chains need no inspector skips it.
  ///
  /// The corresponding Istio function is `populateListenerFilters`.
  static func inspectors(for chains: [EnvoyFilterChain]) -> [EnvoyListenerFilter] {
    let byPort = Dictionary(grouping: chains) { $0.match.destinationPort }.mapValues { chains in
      (
        tls: chains.contains { $0.match.transportProtocol == "tls" },
        http: chains.contains { !Set($0.match.applicationProtocols).isDisjoint(with: IstioALPN.plainHTTP) }
      )
    }
    let tls = byPort.mapValues(\.tls)
    let http = byPort.mapValues(\.http)
    let others = tls[nil] ?? false
    let exceptions = tls.filter { $0.value != others }.compactMap(\.key)
    var filters: [EnvoyListenerFilter] = []
    if tls.values.contains(true) {
      let disabled = EnvoyPortPredicate(exceptions)
      filters.append(
        EnvoyListenerFilter(.tlsInspector, disabled: others ? disabled : disabled.map(EnvoyPortPredicate.not))
      )
    }
    if http.values.contains(true) {
      let disabled = EnvoyPortPredicate(http.filter { !$0.value }.compactMap(\.key))
      filters.append(EnvoyListenerFilter(.httpInspector, disabled: disabled))
    }
    return filters
  }
}

extension EnvoyPortPredicate {
  /// One of some ports; nil for none.
  fileprivate init?(_ ports: [Port]) {
    guard !ports.isEmpty else { return nil }
    self = .anyOf(ports.sorted().map { .ports(UInt32($0.rawValue)..<UInt32($0.rawValue) + 1) })
  }
}
