import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// The TLS that a client's proxy uses, by DestinationRules and automatic mutual TLS.
///
/// The corresponding Istio functions are `buildUpstreamTLSSettings` and `BestEffortInferServiceMTLSMode`.
struct ClientSecurity {
  let mesh: Mesh
  /// The labels of the client's pod.
  let labels: [String: String]
  let namespace: String

  /// The TLS of a cluster.
  struct Settings {
    let tls: EnvoyUpstreamTLS
    var applicationProtocols: [String] = []
    /// True for automatic mutual TLS, which only endpoints with a proxy get.
    var isAutomatic = false
    /// The object or rule that decides, in one sentence.
    let reason: String
  }

  func policy(of host: MeshHost) -> DestinationPolicy? {
    mesh.destinationPolicy(of: host, for: labels, in: namespace)
  }

  func settings(
    _ host: MeshHost, _ port: MeshPort, subset: String, _ policy: DestinationPolicy?, keepsDestination: Bool
  ) -> Settings {
    if let mode = policy?.tls(port.number, subset: subset) {
      let objects = policy?.objects.map(\.description).sentence ?? ""
      return Settings(mode, reason: "\(objects): tls mode \(mode.rawValue)")
    }
    if host.isExternal {
      return Settings(tls: .none, reason: "no TLS of the proxy: \(host.object) is outside the mesh")
    }
    if !mesh.values.enablesAutomaticMutualTLS {
      return Settings(tls: .none, reason: "no TLS of the proxy: enableAutoMtls is false")
    }
    if keepsDestination, !mesh.allEndpointsHaveProxies(host) {
      return Settings(
        tls: .none, reason: "no automatic mutual TLS: an endpoint of \(host.object) has no proxy")
    }
    let setting = mesh.mutualTLSSetting(ofNamespace: host.object.namespace)
    if setting.mode == .disable {
      let object = setting.object.map { "\($0)" } ?? "Istio's default"
      return Settings(tls: .none, reason: "no automatic mutual TLS: \(object) has mode DISABLE")
    }
    return Settings(
      tls: .mutual, applicationProtocols: IstioALPN.tcp, isAutomatic: true,
      reason: "automatic mutual TLS to endpoints that have a proxy and accept it")
  }

  /// True if an endpoint gets automatic mutual TLS: it has a proxy, and no PeerAuthentication disables it.
  func acceptsMutualTLS(_ endpoint: MeshEndpoint, _ port: Port) -> Bool {
    endpoint.hasProxy
      && mesh.mutualTLS(of: endpoint.labels, in: endpoint.namespace).setting(of: port).mode != .disable
  }
}

extension ClientSecurity.Settings {
  /// The TLS of a DestinationRule.
  fileprivate init(_ mode: ClientTLSMode, reason: String) {
    self.reason = reason
    switch mode {
    case .disable: tls = .none
    case .simple: tls = .simple
    case .mutual: tls = .mutual
    case .istioMutual: (tls, applicationProtocols) = (.mutual, IstioALPN.tcp)
    }
  }
}
