import Intercept
import KubernetesObjects
import ManifestText

/// The kinds of the Gateway API that an installation of Istio reads.
struct GatewayAPISupport: Sendable {
  private let release: IstioRelease
  private let readsAlphaAPIs: Bool
  private var traits: GatewayAPITraits { release.gatewayAPITraits }

  /// - Parameter readsAlphaAPIs: true with `PILOT_ENABLE_ALPHA_GATEWAY_API`.
  init(_ release: IstioRelease, readsAlphaAPIs: Bool) {
    self.release = release
    self.readsAlphaAPIs = readsAlphaAPIs
  }

  func reads(_ support: GatewayAPITraits.Support) -> Bool {
    switch support {
    case .never: false
    case .withAlphaAPIs: readsAlphaAPIs
    case .always: true
    }
  }

  func reads(_ kind: KubernetesRoute.Kind) -> Bool { support(kind.rawValue).map(reads) ?? true }

  func reads(_ set: KubernetesListenerSet) -> Bool { support(set.object.kind).map(reads) ?? true }

  /// Returns nil for a kind that every release reads.
  private func support(_ kind: String) -> GatewayAPITraits.Support? {
    switch kind {
    case "GRPCRoute": traits.grpcRoutes
    case "TCPRoute": traits.tcpRoutes
    case "TLSRoute": traits.tlsRoutes
    case "UDPRoute": .never
    case "ListenerSet": traits.listenerSets
    case "XListenerSet": traits.experimentalListenerSets
    default: nil
    }
  }

  /// Names the kinds that Istio does not read.
  func warnings(of kinds: [String]) -> [String] {
    kinds.distinct.compactMap { kind in
      guard let support = support(kind), !reads(support) else { return nil }
      let condition =
        support == .never ? "" : " unless pilot.env.PILOT_ENABLE_ALPHA_GATEWAY_API is true (--mesh-values)"
      return "\(kind)s in the list have no effect: Istio \(release) does not read them\(condition)"
    }
  }
}
