import Intercept

/// A network filter. Only the TCP proxy and the HTTP connection manager forward connections, and are read.
///
/// The corresponding message is `envoy.config.listener.v3.Filter`.
struct EnvoyFilterJSON: Decodable {
  let name: String?
  let typedConfig: EnvoyFilterSettings?
  /// The settings in version 2 of the API.
  let config: EnvoyFilterSettings?

  var destination: EnvoyDestination {
    let settings = typedConfig ?? config
    let words = "\(name ?? "") \(settings?.type ?? "")"
    if words.contains("tcp_proxy") || words.contains("TcpProxy") { return settings?.ofTCP ?? nameless }
    if words.contains("http_connection_manager") || words.contains("HttpConnectionManager") {
      return settings?.ofHTTP ?? nameless
    }
    return .unknown(filter: "the filter \(name ?? settings?.type ?? "without a name")")
  }

  private var nameless: EnvoyDestination {
    .unknown(filter: "the filter \(name ?? "") without readable settings")
  }
}

/// The settings of a filter that name clusters. Other filters may use the same keys for anything.
struct EnvoyFilterSettings: Decodable {
  private(set) var type: String?
  private var cluster: String?
  private var weightedClusters: EnvoyWeightedClusters?
  private var rds: Discovery?
  private var routeConfig: EnvoyRoutesJSON?

  private struct Discovery: Decodable {
    let routeConfigName: String?
  }

  private enum Keys: String, CodingKey {
    case type = "@type"
    case typeUrl, value, cluster, weightedClusters, rds, routeConfig
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    type = try? container.decode(String.self, forKey: .type)
    // A wrapper that Envoy unwraps itself.
    if type?.hasSuffix("TypedStruct") ?? false,
      let inner = try? container.decode(EnvoyFilterSettings.self, forKey: .value)
    {
      self = inner
      type = try? container.decode(String.self, forKey: .typeUrl)
      return
    }
    cluster = try? container.decode(String.self, forKey: .cluster)
    weightedClusters = try? container.decode(EnvoyWeightedClusters.self, forKey: .weightedClusters)
    rds = try? container.decode(Discovery.self, forKey: .rds)
    routeConfig = try? container.decode(EnvoyRoutesJSON.self, forKey: .routeConfig)
  }

  fileprivate var ofTCP: EnvoyDestination? {
    cluster.map(EnvoyDestination.cluster) ?? weightedClusters?.names.map(EnvoyDestination.oneOf)
  }

  fileprivate var ofHTTP: EnvoyDestination? {
    if let name = rds?.routeConfigName { return .routes(name, clusters: []) }
    return routeConfig.map { .routes($0.name ?? "(no name)", clusters: $0.clusters) }
  }
}

/// Clusters among which connections or requests are distributed.
struct EnvoyWeightedClusters: Decodable {
  private let clusters: [Part]?

  private struct Part: Decodable {
    let name: String?
  }

  /// Nil if one of them has no name.
  var names: [String]? {
    let names = (clusters ?? []).map(\.name)
    return names.isEmpty || names.contains(nil) ? nil : names.compactMap(\.self)
  }
}

/// The route configuration inside a listener, as inbound listeners have it.
///
/// The corresponding message is `envoy.config.route.v3.RouteConfiguration`.
struct EnvoyRoutesJSON: Decodable {
  let name: String?
  private let virtualHosts: [Host]?

  private struct Host: Decodable {
    let routes: [Route]?
  }

  private struct Route: Decodable {
    let route: Action?

    var clusters: [String] {
      (route?.cluster).map { [$0] } ?? route?.weightedClusters?.names ?? []
    }
  }

  private struct Action: Decodable {
    let cluster: String?
    let weightedClusters: EnvoyWeightedClusters?
  }

  /// The clusters of all routes; empty if a route names none.
  var clusters: [String] {
    let each = (virtualHosts ?? []).flatMap { $0.routes ?? [] }.map(\.clusters)
    return each.contains([]) ? [] : each.flatMap(\.self)
  }
}
