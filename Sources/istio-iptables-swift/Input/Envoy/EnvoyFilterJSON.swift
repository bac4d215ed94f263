import Intercept

/// A network filter, of which the two that send connections on are read.
struct EnvoyFilterJSON: Decodable {
  let name: String?
  let typedConfig: EnvoyFilterSettings?
  /// Where the second version may have it.
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

/// A filter's settings, as far as they name clusters. Those of other filters may have anything under the same keys.
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
    // Settings in a wrapper that Envoy unpacks by itself.
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

/// Clusters that share connections or requests.
struct EnvoyWeightedClusters: Decodable {
  private let clusters: [Part]?

  private struct Part: Decodable {
    let name: String?
  }

  /// Nil if one of them is not named.
  var names: [String]? {
    let names = (clusters ?? []).map(\.name)
    return names.isEmpty || names.contains(nil) ? nil : names.compactMap(\.self)
  }
}
