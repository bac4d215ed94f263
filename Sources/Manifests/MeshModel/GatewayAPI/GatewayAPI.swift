import Intercept
import KubernetesObjects
import ManifestText

/// The Gateways and VirtualServices that Istio makes of Gateways and HTTPRoutes of the Gateway API.
struct GatewayAPI: Sendable {
  private(set) var gateways: [Gateway] = []
  private(set) var virtualServices: [VirtualService] = []
  /// The objects that are not followed.
  private(set) var warnings: [String] = []

  /// - Parameter domain: the domain after `.svc.` in the host names of Services.
  init(_ list: ObjectList, domain: String) {
    let sections = gatewaySections(list, domain: domain)
    gateways = sections.compactMap(\.istioGateway)
    let conversion = HTTPRouteConversion(grants: list.referenceGrants, domain: domain)
    var routes = RoutesByHost()
    for route in list.httpRoutes {
      let parents = RouteParents(route, list, sections, domain: domain)
      for parent in parents.accepted {
        routes.add(conversion.routes(of: route, for: parent), of: route, to: parent)
      }
      warnings += parents.warnings + conversion.warnings(of: route)
    }
    virtualServices = routes.virtualServices
    let others = ["GRPCRoute", "TCPRoute", "TLSRoute", "ListenerSet"].filter(list.kinds.contains)
    if !others.isEmpty {
      warnings.append("\(others.map { $0 + "s" }.sentence) in the list are not followed")
    }
  }

  /// The listeners of the Gateways that Istio's gateways implement.
  private mutating func gatewaySections(_ list: ObjectList, domain: String) -> [GatewaySection] {
    let namespaces = list.namespaces.values.sorted { $0.name < $1.name }
    return list.kubernetesGateways.values.sorted { $0.object < $1.object }.flatMap { gateway in
      let controller = list.gatewayControllers[gateway.className] ?? Self.controllers[gateway.className]
      if controller == nil {
        warnings.append(
          "\(gateway.object) is not followed: its class \(gateway.className) is not in the list")
      }
      guard controller == Self.controllers["istio"] else { return [GatewaySection]() }
      return gateway.listeners.map { GatewaySection(gateway, $0, namespaces, domain: domain) }
    }
  }

  /// The controllers of the classes that Istio creates.
  private static let controllers = [
    "istio": "istio.io/gateway-controller", "istio-waypoint": "istio.io/mesh-controller",
    "istio-remote": "istio.io/unmanaged-gateway", "istio-east-west": "istio.io/eastwest-controller",
  ]
}
