import Intercept
import KubernetesObjects

/// The routes of VirtualServices that Istio makes of HTTPRoutes.
struct HTTPRouteConversion {
  let grants: [ReferenceGrant]
  let domain: String

  /// Returns the routes for a parent, sorted by precedence; none if a rule is invalid.
  ///
  /// The corresponding Istio function is `convertHTTPRoute`.
  func routes(of route: KubernetesHTTPRoute, for parent: RouteParent) -> [VirtualService.HTTPRoute] {
    guard route.rules.allSatisfy({ $0.problem == nil }) else { return [] }
    return route.rules.map { rule in
      var converted = rule.route
      let backends = rule.backends.filter { $0.weight > 0 }
      if backends.isEmpty, converted.redirect == nil { converted.responseStatus = 500 }
      converted.destinations = backends.map { backend in
        let host = host(of: backend, in: route, enforcesGrants: parent.gateway != .mesh)
        return VirtualService.WeightedDestination(
          destination: VirtualService.Destination(host: host ?? "", port: host == nil ? nil : backend.port),
          weight: backend.weight)
      }
      return parent.port.map { converted.limited(to: $0) } ?? converted
    }.sortedByPrecedence
  }

  /// The reasons for which Istio ignores a route or a destination of it.
  func warnings(of route: KubernetesHTTPRoute) -> [String] {
    let problems = route.rules.lazy.compactMap(\.problem).first.map { ["\($0): Istio ignores the route"] }
    let unknown = route.rules.flatMap(\.backends).filter { !Self.kinds.contains([$0.group, $0.object.kind]) }
    return
      ((problems ?? []) + unknown.map { "the destination \($0.object) is of a kind that is not followed" })
      .map { "\(route.object): \($0)" }.distinct
  }

  private static let kinds = [
    ["", "Service"], ["networking.istio.io", "Hostname"], ["multicluster.x-k8s.io", "ServiceImport"],
  ]

  /// Returns the host of a destination; nil if its kind is unknown or a ReferenceGrant is missing.
  ///
  /// - Parameter enforcesGrants: true for routes of Gateways.
  private func host(
    of backend: KubernetesHTTPRoute.Backend, in route: KubernetesHTTPRoute, enforcesGrants: Bool
  ) -> String? {
    let object = backend.object
    let isOwn = object.namespace == route.object.namespace
    guard isOwn || !enforcesGrants || grants.contains(where: { $0.allows(route.object, object) }) else {
      return nil
    }
    switch [backend.group, object.kind] {
    case Self.kinds[0], Self.kinds[2]: return "\(object.name).\(object.namespace).svc.\(domain)"
    case Self.kinds[1]: return object.name
    default: return nil
    }
  }
}

extension KubernetesHTTPRoute.Rule {
  /// The reason for which Istio ignores the route; nil if it is valid.
  fileprivate var problem: String? {
    if let unsupportedFilter { return "the filter \(unsupportedFilter) is not supported" }
    return backends.contains { $0.port == nil && $0.weight > 0 } ? "a destination has no port" : nil
  }
}

extension VirtualService.HTTPRoute {
  /// Returns the route for one port. The corresponding Istio function is `augmentPortMatch`.
  fileprivate func limited(to port: Port) -> Self {
    var route = self
    if route.matches.isEmpty { route.matches = [VirtualService.HTTPMatch()] }
    for index in route.matches.indices { route.matches[index].port = port }
    return route
  }
}
