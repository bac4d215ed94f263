import Intercept

extension EnvoyFilterChain {
  /// Reads a filter chain.
  init(_ json: EnvoyObject) throws {
    let socket = try json.object("transportSocket").map { try EnvoyUpstreamTLS(socket: $0) }
    let filters = try json.objects("filters")
    self.init(
      name: try json.text("name"),
      match: try json.object("filterChainMatch").map(EnvoyFilterChainMatch.init) ?? EnvoyFilterChainMatch(),
      terminatesTLS: json.has("tlsContext") || socket ?? .none != .none,
      requiresClientCertificate: try json.object("transportSocket")?.object("typedConfig")?.flag(
        "requireClientCertificate") ?? false,
      forwardsByServerName: try filters.contains { try $0.text("name")?.hasSuffix("sni_cluster") ?? false },
      to: try EnvoyDestination(filters: filters))
  }
}

extension EnvoyFilterChainMatch {
  /// Reads the conditions of a filter chain.
  init(_ json: EnvoyObject) throws {
    self.init()
    destinationPort = try json.number("destinationPort").map(Self.port)
    prefixRanges = try json.objects("prefixRanges").map(CIDR.init)
    serverNames = try json.texts("serverNames")
    // Protocol buffers do not distinguish an empty string from an absent one.
    transportProtocol = try json.text("transportProtocol").flatMap { $0.isEmpty ? nil : $0 }
    applicationProtocols = try json.texts("applicationProtocols")
    directSourcePrefixRanges = try json.objects("directSourcePrefixRanges").map(CIDR.init)
    sourceType = try json.text("sourceType").flatMap(Self.sourceType)
    sourcePrefixRanges = try json.objects("sourcePrefixRanges").map(CIDR.init)
    sourcePorts = try json.numbers("sourcePorts").map(Self.port)
  }

  private static func port(_ number: Int) throws -> Port {
    guard let port = UInt16(exactly: number) else { throw MalformedEnvoy("\(number) is not a port") }
    return Port(rawValue: port)
  }

  private static func sourceType(_ text: String) throws -> SourceType? {
    switch text {
    case "ANY": nil
    case "SAME_IP_OR_LOOPBACK", "LOCAL": .sameHost
    case "EXTERNAL": .external
    default:
      throw MalformedEnvoy("sourceType '\(text)' is unknown; known are ANY, SAME_IP_OR_LOOPBACK, EXTERNAL")
    }
  }
}

extension CIDR {
  /// Reads a `CidrRange`; an absent length is 0.
  init(_ json: EnvoyObject) throws {
    let text = "\(try json.text("addressPrefix") ?? "")/\(try json.number("prefixLen") ?? 0)"
    guard let block = CIDR(text) else { throw MalformedEnvoy("'\(text)' is not a block of addresses") }
    self = block
  }
}

extension EnvoyDestination {
  /// The destination of the last filter.
  ///
  /// Only the TCP proxy and the HTTP connection manager forward connections, and are read.
  init(filters: [EnvoyObject]) throws {
    guard let last = filters.last else {
      self = .closed
      return
    }
    self = try EnvoyFilterSettings(last).destination
  }
}

/// The settings of a network filter. Filters that are not modelled may use the same members for anything.
private struct EnvoyFilterSettings {
  private let name: String?
  private let type: String?
  private let settings: EnvoyObject?

  init(_ filter: EnvoyObject) throws {
    name = try filter.text("name")
    let outer = (try? filter.object("typedConfig")) ?? (try? filter.object("config"))
    // A wrapper that Envoy unwraps itself.
    if outer?.type == "TypedStruct", let inner = try? outer?.object("value") {
      settings = inner
      type = try? outer?.text("typeUrl")
    } else {
      settings = outer
      type = outer?.type
    }
  }

  var destination: EnvoyDestination {
    get throws {
      let words = "\(name ?? "") \(type ?? "")"
      if words.contains("tcp_proxy") || words.contains("TcpProxy") { return tcp ?? unreadable }
      if words.contains("http_connection_manager") || words.contains("HttpConnectionManager") {
        return try http
          ?? (hasScopedRoutes ? .unknown(filter: "its scoped routes (SRDS), which are not read") : unreadable)
      }
      return .unknown(filter: "the filter \(name ?? type ?? "without a name")")
    }
  }

  private var hasScopedRoutes: Bool { settings?.has("scopedRoutes") == true }

  private var unreadable: EnvoyDestination {
    .unknown(filter: "the filter \(name ?? "") without readable settings")
  }

  private var tcp: EnvoyDestination? {
    if let cluster = try? settings?.text("cluster") { return .cluster(cluster) }
    guard let weighted = try? settings?.object("weightedClusters") else { return nil }
    return (try? weighted.weightedClusters()).flatMap { names in
      names.count == 1 ? .cluster(names[0]) : names.isEmpty ? nil : .oneOf(names)
    }
  }

  private var http: EnvoyDestination? {
    get throws {
      guard let settings else { return nil }
      let inline = try settings.object("routeConfig").map(EnvoyRouteConfiguration.init)
      let discovered = try settings.object("rds")?.text("routeConfigName")
      guard let name = discovered ?? inline.map({ $0.name.isEmpty ? "(no name)" : $0.name }) else {
        return nil
      }
      let stripsAny = try settings.flag("stripAnyHostPort") == true
      let stripsMatching = try settings.flag("stripMatchingHostPort") == true
      return .http(
        EnvoyHTTPConnectionManager(
          routes: name, inline: discovered == nil ? inline : nil,
          stripsPort: stripsAny ? .any : stripsMatching ? .matching : .none,
          stripsTrailingDot: try settings.flag("stripTrailingHostDot") == true))
    }
  }
}

extension EnvoyObject {
  /// The clusters of a `WeightedCluster` that get a share; empty if one of them has no name.
  func weightedClusters() throws -> [String] {
    let parts = try objects("clusters").filter { part in
      let weight = try part.number("weight")
      if let weight, weight < 0 { throw MalformedEnvoy("a weight of \(weight); weights are not negative") }
      return weight != 0
    }
    let names = try parts.map { try $0.text("name") }
    return names.contains(nil) ? [] : names.compactMap(\.self)
  }
}
