import Intercept

/// The route of a connection inside the proxy.
struct EnvoyJSON: Encodable {
  /// Absent if the configuration does not contain it.
  let listener: String?
  /// Number of the filter chain, from 1; absent for the default one, and without one.
  let filterChain: Int?
  /// Absent if it is not certain.
  let cluster: String?
  /// The clusters that may get the connection, if there are several.
  let clusters: [String]?
  /// Name of the route configuration that decides for each request.
  let routes: String?
  /// The route of the request; absent if it is not certain.
  let route: RouteJSON?
  /// The response of the proxy itself.
  let response: ResponseJSON?
  /// The endpoints that may get the connection; absent if they are not known.
  let endpoints: [EndpointJSON]?
  /// Response flags of the access log if the connection fails.
  let flag: String?
  /// True if the connection is certain to fail.
  let fails: Bool
  /// The listeners of a tunnel, in order; absent without one.
  let hops: [HopJSON]?
  /// The objects that Istio made the listener of, if they are known.
  let madeOf: String?
  let why: String

  init(_ route: EnvoyRoute) {
    madeOf = route.origin
    listener = route.listener
    filterChain = route.filterChain
    cluster = route.cluster
    why = route.why
    switch route.destination {
    case .cluster, .response, .unknown, .closed: clusters = nil
    case .oneOf, .http: clusters = route.clusters.isEmpty ? nil : route.clusters
    }
    routes = route.routes
    self.route = route.request.map(RouteJSON.init)
    if case .response(let response) = route.destination {
      self.response = ResponseJSON(status: response.status, location: response.location)
    } else {
      response = nil
    }
    let known = route.upstreams.filter { $0.endpoints != nil }
    endpoints =
      known.isEmpty
      ? nil : known.flatMap { upstream in (upstream.endpoints ?? []).map { EndpointJSON($0, of: upstream) } }
    flag = route.flag
    fails = route.isFailure
    hops = route.hops.isEmpty ? nil : route.hops.map(HopJSON.init)
  }
}

struct RouteJSON: Encodable {
  let virtualHost: String
  /// The domain of the virtual host that matches.
  let domain: String
  /// Number of the route in the virtual host, from 1.
  let index: Int
  let name: String?
  /// The conditions of the route.
  let match: String

  init(_ route: EnvoySelectedRoute) {
    (virtualHost, domain, index) = (route.virtualHost, route.domain, route.number)
    (name, match) = (route.name, route.match)
  }
}

struct ResponseJSON: Encodable {
  let status: Int
  /// Target of a redirect.
  let location: String?
}

struct EndpointJSON: Encodable {
  /// `10.0.0.1:80`, `name:80`, or the path of a socket.
  let address: String
  let cluster: String
  /// `unknown`, `healthy`, `unhealthy`, `draining`, `timeout` or `degraded`.
  let health: String
  /// `none`, `simple` or `mutual`.
  let tls: String
  /// True if it gets connections.
  let used: Bool
  /// The internal listener that leads to it.
  let via: String?

  init(_ choice: EnvoyUpstream.Choice, of upstream: EnvoyUpstream) {
    switch choice.endpoint.address {
    case .listener(let name, let id): (address, via) = (id ?? name, name)
    case .socket, .name, .pipe: (address, via) = (choice.endpoint.address.description, nil)
    }
    (cluster, health, tls) = (upstream.cluster, choice.endpoint.health.rawValue, choice.tls.rawValue)
    used = !choice.isLeftOut
  }
}

struct HopJSON: Encodable {
  let listener: String
  let filterChain: Int?
  let cluster: String?
  let endpoints: [String]

  init(_ hop: EnvoyRoute.Hop) {
    (listener, filterChain, cluster, endpoints) = (hop.listener, hop.filterChain, hop.cluster, hop.endpoints)
  }
}
