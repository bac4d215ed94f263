import Intercept

extension EnvoyCluster {
  /// Reads a cluster.
  init(_ json: EnvoyObject) throws {
    let name = try json.text("name") ?? ""
    let socket = try json.object("transportSocket")
    let panic = try json.object("commonLbConfig")?.object("healthyPanicThreshold")
    self.init(
      name: name, discovery: try Discovery(json, name: name),
      tls: json.has("tlsContext")
        ? .simple : try socket.map { try EnvoyUpstreamTLS(socket: $0) } ?? .none,
      applicationProtocols: try socket?.applicationProtocols() ?? [],
      transportSocketMatches: try json.objects("transportSocketMatches").map(TransportSocketMatch.init),
      limits: try CircuitBreakers(json.object("circuitBreakers")),
      subsets: try json.object("lbSubsetConfig").map(Subsets.init),
      panicThreshold: try panic.map { try $0.fraction("value") ?? 0 } ?? 50,
      endpoints: try json.object("loadAssignment").map(EnvoyEndpoint.assigned)
        ?? json.objects("hosts").compactMap(EnvoyEndpoint.address).map { EnvoyEndpoint($0) })
  }
}

extension EnvoyCluster.Discovery {
  fileprivate init(_ json: EnvoyObject, name: String) throws {
    let custom = try json.object("clusterType")?.text("name")
    switch try custom ?? json.text("type") ?? "STATIC" {
    case "STATIC", "envoy.cluster.static": self = .fixed
    case "STRICT_DNS", "LOGICAL_DNS", "envoy.cluster.strict_dns", "envoy.cluster.logical_dns",
      "envoy.clusters.dns":
      self = .dns
    case "EDS", "envoy.cluster.eds":
      let service = try json.object("edsClusterConfig")?.text("serviceName") ?? ""
      self = .eds(service: service.isEmpty ? name : service)
    case "ORIGINAL_DST", "envoy.cluster.original_dst":
      let port = try json.object("originalDstLbConfig")?.number("upstreamPortOverride")
      self = .originalDestination(port: port.flatMap { UInt16(exactly: $0) }.map(Port.init(rawValue:)))
    case let other: self = .other(other)
    }
  }
}

extension EnvoyCluster.CircuitBreakers {
  /// Reads the limits of the default priority.
  fileprivate init(_ json: EnvoyObject?) throws {
    let thresholds = try json?.objects("thresholds") ?? []
    let limits = try thresholds.first { try $0.text("priority") ?? "DEFAULT" == "DEFAULT" }
    func limit(_ name: String) throws -> UInt32? { try limits?.number(name).flatMap { UInt32(exactly: $0) } }
    self.init(
      connections: try limit("maxConnections"), pendingRequests: try limit("maxPendingRequests"),
      requests: try limit("maxRequests"))
  }
}

extension EnvoyCluster.Subsets {
  fileprivate init(_ json: EnvoyObject) throws {
    let selectors = try json.objects("subsetSelectors").map { Set(try $0.texts("keys")) }
    let fallback: Fallback =
      switch try json.text("fallbackPolicy") {
      case "ANY_ENDPOINT": .any
      case "DEFAULT_SUBSET": .defaults(try json.object("defaultSubset")?.scalars ?? [:])
      default: .none
      }
    self.init(selectors: selectors, fallback: fallback)
  }
}

extension EnvoyCluster.TransportSocketMatch {
  fileprivate init(_ json: EnvoyObject) throws {
    let socket = try json.object("transportSocket")
    self.init(
      name: try json.text("name") ?? "", match: try json.object("match")?.scalars ?? [:],
      tls: try socket.map { try EnvoyUpstreamTLS(socket: $0) } ?? .none,
      applicationProtocols: try socket?.applicationProtocols() ?? [])
  }
}

extension EnvoyUpstreamTLS {
  /// Reads a `TransportSocket`: TLS by its type or name, mutual if it has a certificate.
  init(socket json: EnvoyObject) throws {
    let settings = try json.object("typedConfig")
    let inner = try settings?.object("transportSocket")
    let words = "\(try json.text("name") ?? "") \(settings?.type ?? "")"
    guard words.contains("tls") || words.contains("Tls") else {
      self = try inner.map { try EnvoyUpstreamTLS(socket: $0) } ?? .none
      return
    }
    let common = try settings?.object("commonTlsContext")
    let sources = [
      "tlsCertificates", "tlsCertificateSdsSecretConfigs", "tlsCertificateProviderInstance",
      "tlsCertificateCertificateProviderInstance",
    ]
    self = sources.contains { common?.has($0) == true } ? .mutual : .simple
  }
}

extension EnvoyObject {
  /// The application protocols (ALPN) of a `TransportSocket`.
  fileprivate func applicationProtocols() throws -> [String] {
    try object("typedConfig")?.object("commonTlsContext")?.texts("alpnProtocols") ?? []
  }
}
