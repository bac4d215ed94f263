import Intercept
import KubernetesObjects

/// The routes of VirtualServices that Istio makes of routes of the Gateway API.
struct RouteConversion {
  let grants: [ReferenceGrant]
  let traits: GatewayAPITraits
  let domain: String

  /// Returns the routes of HTTP or gRPC for a parent, sorted by precedence; none if a rule is invalid.
  ///
  /// The corresponding Istio functions are `convertHTTPRoute` and `convertGRPCRoute`.
  func routes(of route: KubernetesRoute, for parent: RouteParent) -> [VirtualService.HTTPRoute] {
    guard route.rules.allSatisfy({ $0.problem == nil }) else { return [] }
    return route.rules.map { rule in
      var converted = rule.route
      converted.destinations = destinations(of: rule, in: route, for: parent)
      if converted.destinations.isEmpty, converted.redirect == nil {
        converted.responseStatus = rule.backends.isEmpty && route.kind == .http ? traits.emptyRuleStatus : 500
      }
      return parent.port.map { converted.limited(to: $0) } ?? converted
    }.sortedByPrecedence
  }

  /// Returns the destinations with a weight.
  private func destinations(of rule: KubernetesRoute.Rule, in route: KubernetesRoute, for parent: RouteParent)
    -> [VirtualService.WeightedDestination]
  {
    rule.backends.filter { $0.weight > 0 }.map { backend in
      let host = host(of: backend, in: route, enforcesGrants: parent.gateway != .mesh)
      return VirtualService.WeightedDestination(
        destination: VirtualService.Destination(host: host ?? "", port: host == nil ? nil : backend.port),
        weight: backend.weight)
    }
  }

  /// Returns the host of a destination; nil if its kind is unknown or a ReferenceGrant is missing.
  ///
  /// - Parameter enforcesGrants: true for routes of Gateways.
  private func host(
    of backend: KubernetesRoute.Backend, in route: KubernetesRoute, enforcesGrants: Bool
  ) -> String? {
    let object = backend.object
    let isOwn = object.namespace == route.object.namespace
    guard isOwn || !enforcesGrants || isGranted(object, to: route) else { return nil }
    switch [backend.group, object.kind] {
    case Self.kinds[0], Self.kinds[2]: return "\(object.name).\(object.namespace).svc.\(domain)"
    case Self.kinds[1]: return object.name
    default: return nil
    }
  }

  private func isGranted(_ object: ObjectName, to route: KubernetesRoute) -> Bool {
    (route.kind != .grpc || traits.grantsGRPCRoutes)
      && grants.contains { $0.allows(route.object, object) }
  }

  private static let kinds = [
    ["", "Service"], ["networking.istio.io", "Hostname"], ["multicluster.x-k8s.io", "ServiceImport"],
  ]
}

extension RouteConversion {
  /// Returns the VirtualServices of a TCPRoute or TLSRoute: one for each parent and host.
  ///
  /// The corresponding Istio functions are `TCPRouteCollection` and `TLSRouteCollection`.
  func services(of route: KubernetesRoute, for parents: [RouteParent]) -> [VirtualService] {
    guard route.rules.allSatisfy({ $0.problem == nil }) else { return [] }
    let hosts = parents.flatMap { parent in parent.hosts.map { (parent: parent, host: $0) } }
    return hosts.enumerated().map { index, target in
      let kind = route.kind == .tcp ? "tcp" : "tls"
      let routes = route.rules.map { l4Route(of: $0, in: route, for: target.parent, target.host) }
      return VirtualService(
        ObjectName(
          kind: "VirtualService", namespace: route.object.namespace,
          name: "\(route.object.name)~\(kind)~\(index)"),
        host: target.host, gateway: target.parent.gateway, creationTime: route.creationTime,
        tcp: route.kind == .tcp ? routes : [], tls: route.kind == .tls ? routes : [])
    }
  }

  /// Returns a route of connections. Without destinations it leads to a cluster that does not exist, and a TLSRoute matches
  /// nothing.
  private func l4Route(
    of rule: KubernetesRoute.Rule, in route: KubernetesRoute, for parent: RouteParent, _ host: String
  ) -> VirtualService.L4Route {
    let found = destinations(of: rule, in: route, for: parent)
    let none = VirtualService.Destination(host: "internal.cluster.local", port: 65535, subset: "zero-weight")
    return VirtualService.L4Route(
      matches: found.isEmpty && route.kind == .tls ? [] : matches(of: route, for: parent, host),
      destinations: found.isEmpty
        ? [VirtualService.WeightedDestination(destination: none, weight: 0)] : found)
  }

  /// Returns the conditions on connections: the port of a Service, and the server names of a TLSRoute. Those of the clients
  /// of a host are its own name, or of several the ones that it includes.
  ///
  /// The corresponding Istio functions are `augmentTLSPortMatch` and `compatibleRoutesForHost`.
  private func matches(of route: KubernetesRoute, for parent: RouteParent, _ host: String)
    -> [VirtualService.L4Match]
  {
    guard route.kind == .tls else {
      return parent.port.map { [VirtualService.L4Match(serverNames: [], port: $0)] } ?? []
    }
    guard parent.gateway == .mesh else {
      return [VirtualService.L4Match(serverNames: parent.hosts, port: nil)]
    }
    let names = route.hosts == ["*"] ? parent.hosts : route.hosts
    let own = names.count > 1 ? names.filter { HostPattern(host).overlaps($0) } : names
    return [VirtualService.L4Match(serverNames: own, port: parent.port)]
  }
}

extension RouteConversion {
  /// The reasons for which Istio ignores a route or a destination of it.
  func warnings(of route: KubernetesRoute) -> [String] {
    let problems = route.rules.lazy.compactMap(\.problem).first.map { ["\($0): Istio ignores the route"] }
    let unknown = route.rules.flatMap(\.backends).filter { !Self.kinds.contains([$0.group, $0.object.kind]) }
    return
      ((problems ?? []) + unknown.map { "the destination \($0.object) is of a kind that is not followed" })
      .map { "\(route.object): \($0)" }.distinct
  }
}

extension KubernetesRoute.Rule {
  /// The reason for which Istio ignores the route; nil if it is valid.
  fileprivate var problem: String? {
    if let unsupportedFilter { return "the filter \(unsupportedFilter) is not supported" }
    return backends.lazy.filter { $0.weight > 0 }.compactMap(\.problem).first
  }
}

extension KubernetesRoute.Backend {
  /// The reason for which Istio ignores a route to it; nil if it is valid.
  fileprivate var problem: String? {
    if object.kind == "Service", object.name.contains(".") {
      return "a destination is a host name; give the name of a Service"
    }
    if object.kind == "Hostname", hasNamespace { return "a destination of kind Hostname has a namespace" }
    return port == nil ? "a destination has no port" : nil
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
