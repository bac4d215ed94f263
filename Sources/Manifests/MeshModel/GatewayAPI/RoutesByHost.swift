import Intercept
import KubernetesObjects

/// The VirtualServices of HTTPRoutes and GRPCRoutes: one for each gateway and host, and in the mesh one for each namespace,
/// port and host.
///
/// The corresponding Istio function is `mergeHTTPRoutes`.
struct RoutesByHost {
  /// The routes that one HTTPRoute or GRPCRoute adds to a VirtualService.
  private struct Part {
    let route: KubernetesRoute
    let gateway: GatewayReference
    let host: String
    let routes: [VirtualService.HTTPRoute]
  }

  /// True if HTTPRoutes and GRPCRoutes of one host are merged; else those of HTTPRoutes replace the others.
  private let mergesKinds: Bool
  private var keys: [String] = []
  private var parts: [String: [Part]] = [:]

  /// - Parameter mergesKinds: true if HTTPRoutes and GRPCRoutes of one host are merged.
  init(mergesKinds: Bool) { self.mergesKinds = mergesKinds }

  mutating func add(
    _ routes: [VirtualService.HTTPRoute], of route: KubernetesRoute, to parent: RouteParent
  ) {
    guard !routes.isEmpty else { return }
    let owner =
      parent.gateway.path
      ?? ([route.object.namespace] + [parent.port?.description].compactMap(\.self))
      .joined(separator: "/")
    for host in parent.hosts {
      let key = "\(owner)/\(host)"
      if parts[key] == nil { keys.append(key) }
      parts[key, default: []].append(Part(route: route, gateway: parent.gateway, host: host, routes: routes))
    }
  }

  var virtualServices: [VirtualService] {
    keys.compactMap { key in
      let all = parts[key] ?? []
      let replaced = mergesKinds ? [] : all.filter { $0.route.kind == .http }
      let sorted = (replaced.isEmpty ? all : replaced).sorted {
        ($0.route.creationTime, $0.route.object) < ($1.route.creationTime, $1.route.object)
      }
      guard let first = sorted.first else { return nil }
      let object = ObjectName(
        kind: "VirtualService", namespace: first.route.object.namespace,
        name: key.replacing("/", with: "~"))
      return VirtualService(
        object, host: first.host, gateway: first.gateway, creationTime: first.route.creationTime,
        http: sorted.flatMap(\.routes).sortedByPrecedence)
    }
  }
}

extension [VirtualService.HTTPRoute] {
  /// The routes by the precedence of their matches: exact paths, prefixes and regular expressions, longer ones, those
  /// with a method, with more headers, with more query parameters.
  ///
  /// The corresponding Istio function is `sortHTTPRoutes`.
  var sortedByPrecedence: [VirtualService.HTTPRoute] {
    enumerated().map { (rank: $1.precedence + [-$0], route: $1) }
      .sorted { $1.rank.lexicographicallyPrecedes($0.rank) }.map(\.route)
  }
}

extension VirtualService.HTTPRoute {
  /// The precedence, greater numbers first.
  fileprivate var precedence: [Int] {
    guard let match = matches.first else { return [-2] }
    let (rank, length) = match.path?.precedence ?? (-1, 0)
    return [rank, length, match.method == nil ? 0 : 1, match.headers.count, match.queryParameters.count]
  }
}

extension VirtualService.TextMatch {
  fileprivate var precedence: (rank: Int, length: Int) {
    switch self {
    case .exact(let text): (3, text.utf8.count)
    case .prefix(let text): (2, text.utf8.count)
    case .regex(let text): (1, text.utf8.count)
    case .present: (-1, 0)
    }
  }
}
