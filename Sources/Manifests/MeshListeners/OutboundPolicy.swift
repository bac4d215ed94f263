import Intercept
import KubernetesObjects
import MeshModel
import SidecarInjection

/// The treatment of connections to unknown destinations. The corresponding Istio type is `OutboundTrafficPolicy_Mode`.
enum OutboundPolicy: String {
  case registryOnly = "REGISTRY_ONLY"
  case allowAny = "ALLOW_ANY"
  /// As `allowAny`, but plain-text HTTP goes to the host that DNS has for its name.
  case allowAnyDynamicDNS = "ALLOW_ANY_DYNAMIC_DNS"

  /// The cluster of connections that are not HTTP.
  var cluster: String { self == .registryOnly ? "BlackHoleCluster" : "PassthroughCluster" }

  /// The cluster of plain-text HTTP; nil if it is refused.
  var httpCluster: String? {
    switch self {
    case .registryOnly: nil
    case .allowAny: "PassthroughCluster"
    case .allowAnyDynamicDNS: "AllowAnyDynamicDNSCluster"
    }
  }

  /// The virtual host of unknown names.
  var fallback: EnvoyVirtualHost {
    EnvoyVirtualHost(
      name: virtualHost, domains: ["*"],
      routes: [
        EnvoyRequestRoute(
          match: EnvoyRequestMatch(.prefix("/")),
          action: httpCluster.map { .cluster($0) } ?? .directResponse(status: 502))
      ])
  }

  /// The route configuration of requests to unknown names alone.
  var routes: EnvoyRouteConfiguration {
    EnvoyRouteConfiguration(name: virtualHost, virtualHosts: [fallback], ignoresPort: true)
  }

  /// The name of the virtual host for unknown names.
  var virtualHost: String {
    switch self {
    case .registryOnly: "block_all"
    case .allowAny: "allow_any"
    case .allowAnyDynamicDNS: "allow_any_dynamic_dns"
    }
  }
}

extension Mesh {
  /// Returns the policy of the Sidecar, or else the mesh's.
  func outboundPolicy(_ scope: SidecarScope) -> OutboundPolicy {
    (scope.sidecar?.outboundPolicy ?? values[.outboundPolicy]).flatMap(OutboundPolicy.init) ?? .allowAny
  }
}
