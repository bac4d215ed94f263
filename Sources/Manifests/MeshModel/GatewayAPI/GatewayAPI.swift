import Intercept
import KubernetesObjects
import SidecarInjection

/// The Gateways and VirtualServices that Istio makes of Gateways, ListenerSets and routes of the Gateway API.
struct GatewayAPI: Sendable {
  private(set) var gateways: [Gateway] = []
  private(set) var virtualServices: [VirtualService] = []
  /// The objects that are not followed.
  private(set) var warnings: [String] = []
  private let support: GatewayAPISupport

  /// - Parameter domain: the domain after `.svc.` in the host names of Services.
  init(_ list: ObjectList, _ values: MeshValues, release: IstioRelease, domain: String) {
    support = GatewayAPISupport(release, readsAlphaAPIs: values.isTrue(.alphaGatewayAPI))
    let traits = release.gatewayAPITraits
    let sections = gatewaySections(list, domain: domain)
    gateways = sections.compactMap { section in
      section.listener.protocolName != "TCP" || support.reads(traits.tcpListeners)
        ? section.istioGateway : nil
    }
    let conversion = RouteConversion(grants: list.referenceGrants, traits: traits, domain: domain)
    var merged = RoutesByHost(mergesKinds: traits.mergesGRPCRoutes)
    for route in list.kubernetesRoutes where support.reads(route.kind) {
      let parents = RouteParents(route, list, sections, traits, domain: domain)
      for parent in parents.accepted where route.kind.isHTTP {
        merged.add(conversion.routes(of: route, for: parent), of: route, to: parent)
      }
      if !route.kind.isHTTP { virtualServices += conversion.services(of: route, for: parents.accepted) }
      warnings += parents.warnings + conversion.warnings(of: route)
    }
    virtualServices += merged.virtualServices
    warnings += support.warnings(of: list.kinds)
  }

  /// The listeners of the Gateways that Istio's gateways implement, with those of their ListenerSets.
  private mutating func gatewaySections(_ list: ObjectList, domain: String) -> [GatewaySection] {
    let namespaces = list.namespaces.values.sorted { $0.name < $1.name }
    let sets = list.listenerSets.values.filter { support.reads($0) }.sorted { $0.object < $1.object }
    return list.kubernetesGateways.values.sorted { $0.object < $1.object }.flatMap { gateway in
      let controller = list.gatewayControllers[gateway.className] ?? Self.controllers[gateway.className]
      if controller == nil {
        warnings.append(
          "\(gateway.object) is not followed: its class \(gateway.className) is not in the list")
      }
      guard controller == Self.controllers["istio"] else { return [GatewaySection]() }
      return gateway.listeners.map { GatewaySection(gateway, $0, namespaces, domain: domain) }
        + sets.filter { gateway.takes($0, namespaces) }.flatMap { set in
          set.listeners.map { GatewaySection(gateway, $0, of: set, namespaces, domain: domain) }
        }
    }
  }

  /// The controllers of the classes that Istio creates.
  private static let controllers = [
    "istio": "istio.io/gateway-controller", "istio-waypoint": "istio.io/mesh-controller",
    "istio-remote": "istio.io/unmanaged-gateway", "istio-east-west": "istio.io/eastwest-controller",
  ]
}

extension KubernetesGateway {
  /// Returns true if a ListenerSet names the Gateway, and its namespace is allowed.
  fileprivate func takes(_ set: KubernetesListenerSet, _ namespaces: [Namespace]) -> Bool {
    set.parent.group == "gateway.networking.k8s.io" && set.parent.object == object
      && listenerSetNamespaces?.contains(set.object.namespace, of: object.namespace, among: namespaces)
        == true
  }
}
