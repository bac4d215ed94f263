import NetworkValues
import PacketTrace

/// The route that a request takes.
public struct EnvoySelectedRoute: Hashable, Sendable {
  public let virtualHost: String
  /// The domain that matches.
  public let domain: String
  /// Number of the route in the virtual host, from 1.
  public let number: Int
  public let name: String?
  /// The conditions of the route, in one line.
  public let match: String
}

/// Selection of a route for a request.
struct EnvoyRequestSelection {
  private(set) var destination: EnvoyDestination
  /// The route; nil if none matches, or which one is not certain.
  private(set) var route: EnvoySelectedRoute?
  /// The route in the configuration.
  private(set) var chosen: EnvoyRequestRoute?
  /// The response flag of a request without a route or a cluster.
  private(set) var flag: String?
  private(set) var reasons: [String] = []

  private var request: HTTPRequest
  private let scheme: String

  /// - Parameters:
  ///   - destination: local address of the connection, for a request without a host.
  ///   - isTLS: true if the request is encrypted.
  init(
    _ configuration: EnvoyRouteConfiguration, _ manager: EnvoyHTTPConnectionManager, _ request: HTTPRequest,
    destination end: Endpoint, isTLS: Bool
  ) {
    var request = request
    if request.host == nil { reasons.append("the request has no host; assumed \(end)") }
    request.host = manager.normalised(request.host ?? end.description, port: end.port.description)
    self.request = request
    scheme = request.value(of: "x-forwarded-proto") ?? (isTLS ? "https" : "http")
    self.request.headers.append(HTTPRequest.Header(name: ":scheme", value: scheme))
    destination = .response(EnvoyResponse(status: 404, location: nil))
    guard let found = configuration.virtualHost(of: request.host ?? "") else {
      reasons.append("no virtual host of \(configuration.name) has the domain \(request.host ?? "")")
      flag = "NR"
      return
    }
    reasons.append("virtual host \(found.host.name) has the domain \(found.domain)")
    select(in: found.host, domain: found.domain)
  }

  private mutating func select(in host: EnvoyVirtualHost, domain: String) {
    guard !redirectsToHTTPS(host) else { return }
    guard !host.usesMatcherTree else { return destination = .unknown(filter: "the matcher of \(host.name)") }
    var possible: [(number: Int, route: EnvoyRequestRoute)] = []
    var isCertain = false
    for (index, route) in host.routes.enumerated() where !isCertain {
      switch route.match.matches(request) {
      case .no: continue
      case .maybe(let reason):
        reasons.append("route \(index + 1) (\(route.match)) may match: \(reason)")
        possible.append((index + 1, route))
      case .yes:
        reasons.append("route \(index + 1) (\(route.match)) matches")
        possible.append((index + 1, route))
        isCertain = true
      }
    }
    guard isCertain, possible.count == 1, let (number, route) = possible.first else {
      return choose(possible.map(\.route), isComplete: isCertain, host)
    }
    (chosen, destination) = (route, destination(of: route))
    self.route = EnvoySelectedRoute(
      virtualHost: host.name, domain: domain, number: number, name: route.name,
      match: route.match.description)
  }

  private mutating func redirectsToHTTPS(_ host: EnvoyVirtualHost) -> Bool {
    guard scheme != "https", host.redirectsToHTTPS != .none else { return false }
    guard host.redirectsToHTTPS == .all else {
      destination = .unknown(
        filter: "the origin of the request, because requests from outside must use HTTPS")
      return true
    }
    reasons.append("\(host.name) redirects requests to HTTPS")
    destination = .response(
      EnvoyResponse(status: 301, location: "https://\(request.host?.withoutPort ?? "")\(request.path)"))
    return true
  }

  /// The destination if several routes are possible, or none.
  ///
  /// - Parameter isComplete: true if one of them matches.
  private mutating func choose(_ routes: [EnvoyRequestRoute], isComplete: Bool, _ host: EnvoyVirtualHost) {
    guard !routes.isEmpty else {
      reasons.append("no route of \(host.name) matches")
      return flag = "NR"
    }
    let destinations = Set(routes.map { destination(of: $0) })
    guard isComplete, destinations.count > 1 else {
      destination = isComplete ? destinations.first ?? .closed : .unknown(filter: "conditions that may match")
      return
    }
    let clusters = destinations.map(\.clusters)
    destination =
      clusters.contains([])
      ? .unknown(filter: "conditions that may match") : .oneOf(Set(clusters.joined()).sorted())
  }

  private mutating func destination(of route: EnvoyRequestRoute) -> EnvoyDestination {
    reasons += [route.fault?.delay?.reason, route.fault?.abort?.reason].compactMap(\.self)
    if let abort = route.fault?.abort, abort.percentage >= 100 {
      flag = "FI"
      return .response(EnvoyResponse(status: abort.status, location: nil))
    }
    switch route.action {
    case .cluster(let name): return .cluster(name)
    case .weightedClusters(let names): return names.count == 1 ? .cluster(names[0]) : .oneOf(names)
    case .clusterHeader(let header):
      if let name = request.value(of: header) { return .cluster(name) }
      reasons.append("the header \(header), which names the cluster, is missing")
      flag = "NC"
      return .response(EnvoyResponse(status: 503, location: nil))
    case .redirect(let redirect):
      let location = redirect.location(of: request, scheme: scheme, route.match.path)
      return .response(EnvoyResponse(status: redirect.status, location: location))
    case .directResponse(let status): return .response(EnvoyResponse(status: status, location: nil))
    case .unknown(let name): return .unknown(filter: name)
    }
  }
}
