import Intercept

/// A filter chain.
///
/// The corresponding message is `envoy.config.listener.v3.FilterChain`.
struct EnvoyFilterChainJSON: Decodable {
  let name: String?
  let filterChainMatch: EnvoyMatchJSON?
  let filters: [EnvoyFilterJSON]?

  /// - Parameter listener: name of the listener, for messages.
  func chain(of listener: String) throws -> EnvoyFilterChain {
    do {
      return EnvoyFilterChain(
        name: name, match: try filterChainMatch?.match() ?? EnvoyFilterChainMatch(), to: destination)
    } catch let problem as MalformedEnvoy {
      throw MalformedEnvoy("listener \(listener): \(problem)")
    }
  }

  /// The destination of the last filter, which an `sni_cluster` filter before it overrides.
  private var destination: EnvoyDestination {
    let filters = filters ?? []
    guard let last = filters.last else { return .closed }
    if let override = filters.first(where: { $0.name?.hasSuffix("sni_cluster") ?? false }) {
      return .unknown(filter: "the filter \(override.name ?? "")")
    }
    return last.destination
  }
}

/// The conditions of a filter chain.
///
/// The corresponding message is `envoy.config.listener.v3.FilterChainMatch`.
struct EnvoyMatchJSON: Decodable {
  let destinationPort: Int?
  let prefixRanges: [Range]?
  let serverNames: [String]?
  let transportProtocol: String?
  let applicationProtocols: [String]?
  let directSourcePrefixRanges: [Range]?
  let sourceType: String?
  let sourcePrefixRanges: [Range]?
  let sourcePorts: [Int]?

  struct Range: Decodable {
    let addressPrefix: String?
    /// Absent for 0.
    let prefixLen: Int?

    func block() throws -> CIDR {
      let text = "\(addressPrefix ?? "")/\(prefixLen ?? 0)"
      guard let block = CIDR(text) else { throw MalformedEnvoy("'\(text)' is not a block of addresses") }
      return block
    }
  }

  func match() throws -> EnvoyFilterChainMatch {
    var match = EnvoyFilterChainMatch()
    match.destinationPort = try destinationPort.map(Self.port)
    match.prefixRanges = try (prefixRanges ?? []).map { try $0.block() }
    match.serverNames = serverNames ?? []
    // Protocol buffers do not distinguish an empty string from an absent one.
    match.transportProtocol = transportProtocol == "" ? nil : transportProtocol
    match.applicationProtocols = applicationProtocols ?? []
    match.directSourcePrefixRanges = try (directSourcePrefixRanges ?? []).map { try $0.block() }
    match.sourceType = try sourceType.flatMap(Self.sourceType)
    match.sourcePrefixRanges = try (sourcePrefixRanges ?? []).map { try $0.block() }
    match.sourcePorts = try (sourcePorts ?? []).map(Self.port)
    return match
  }

  private static func port(_ number: Int) throws -> Port {
    guard let port = UInt16(exactly: number) else { throw MalformedEnvoy("\(number) is not a port") }
    return Port(rawValue: port)
  }

  private static func sourceType(_ text: String) throws -> EnvoyFilterChainMatch.SourceType? {
    switch text {
    case "ANY": nil
    case "SAME_IP_OR_LOOPBACK", "LOCAL": .sameHost
    case "EXTERNAL": .external
    default:
      throw MalformedEnvoy("sourceType '\(text)' is unknown; known are ANY, SAME_IP_OR_LOOPBACK, EXTERNAL")
    }
  }
}
