import Intercept
import KubernetesObjects
import ManifestText
import MeshModel
import SidecarInjection

/// A port of a host as a cluster has it.
struct ClusterPort {
  let host: MeshHost
  let port: MeshPort
  /// Empty for all endpoints.
  let subset: String
  /// The DestinationRules of the host.
  let policy: DestinationPolicy?

  /// The labels of the endpoints; nil if there is no subset of the name.
  var labels: [String: String]? { subset.isEmpty ? [:] : policy?.labels(ofSubset: subset) }
}

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

  func cluster(_ host: MeshHost, _ port: MeshPort, subset: String) -> ClusterPort {
    ClusterPort(host: host, port: port, subset: subset, policy: policy(of: host))
  }

  func settings(_ cluster: ClusterPort, keepsDestination: Bool) -> Settings {
    let (host, port) = (cluster.host, cluster.port)
    if let mode = cluster.policy?.tls(port.number, subset: cluster.subset) {
      let objects = cluster.policy?.objects.map(\.description).sentence ?? ""
      return Settings(mode, reason: "\(objects): tls mode \(mode.rawValue)")
    }
    if host.isExternal {
      return Settings(tls: .none, reason: "no TLS of the proxy: \(host.object) is outside the mesh")
    }
    if !mesh.values.enablesAutomaticMutualTLS {
      return Settings(tls: .none, reason: "no TLS of the proxy: enableAutoMtls is false")
    }
    if keepsDestination, !mesh.allEndpointsHaveProxies(host, port) {
      return Settings(
        tls: .none,
        reason: "no automatic mutual TLS: not every endpoint of \(host.object) has a proxy")
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

  /// Returns true if an endpoint of a cluster gets automatic mutual TLS: by a DestinationRule, else if it has a proxy and
  /// no PeerAuthentication disables it.
  ///
  /// The corresponding Istio function is `checkMtlsEnabled`.
  ///
  /// - Parameter port: the endpoint's port.
  func acceptsMutualTLS(_ endpoint: MeshEndpoint, _ port: Port, _ cluster: ClusterPort) -> Bool {
    if let mode = mode(of: endpoint, cluster) { return mode == .istioMutual }
    return endpoint.hasProxy
      && mesh.mutualTLS(of: endpoint.labels, in: endpoint.namespace).setting(of: port).mode
        != .disable
  }

  private func mode(of endpoint: MeshEndpoint, _ cluster: ClusterPort) -> ClientTLSMode? {
    let traits = mesh.followedRelease.traits
    let mode =
      traits.choosesSubsetByEndpoint
      ? cluster.policy?.endpointTLS(cluster.port.number, labels: endpoint.labels)
      : cluster.policy?.endpointTLS(cluster.port.number, subset: cluster.subset)
    let isForeign = mode == .simple || mode == .mutual
    return isForeign && traits.ignoresForeignTLSOfEndpoints ? nil : mode
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
