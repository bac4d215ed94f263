public import NetworkValues
import PacketTrace

/// Match criteria of a filter chain (`FilterChainMatch`). Empty ones match every connection.
public struct EnvoyFilterChainMatch: Hashable, Sendable {
  /// Port of the original destination.
  public var destinationPort: Port?
  /// Blocks of the original destination.
  public var prefixRanges: [CIDR] = []
  /// Server names (SNI); a leading `*.` matches any labels.
  public var serverNames: [String] = []
  /// `tls` or `raw_buffer`.
  public var transportProtocol: String?
  /// ALPN protocols, or those detected in plain bytes.
  public var applicationProtocols: [String] = []
  public var directSourcePrefixRanges: [CIDR] = []
  public var sourceType: SourceType?
  public var sourcePrefixRanges: [CIDR] = []
  public var sourcePorts: [Port] = []

  /// Origin of connections (`source_type`).
  public enum SourceType: String, Hashable, Sendable {
    /// From a loopback address, or from the destination address itself.
    case sameHost = "this host"
    case external = "other hosts"
  }

  /// A match without criteria.
  public init() {}
}

/// Criteria in the order in which Envoy evaluates them. Each step keeps the chains with the most specific
/// match, else those without that criterion; there is no backtracking.
enum EnvoyMatchStep: CaseIterable {
  case destinationPort, destination, serverName, transport, application, directSource, sourceType, source,
    sourcePort
}

extension EnvoyFilterChainMatch {
  /// Criterion of the chain at a step, as text; nil if there is none.
  func requirement(_ step: EnvoyMatchStep) -> String? {
    switch step {
    case .destinationPort: destinationPort.map { "destination port \($0)" }
    case .destination: Self.list("destination", prefixRanges)
    case .serverName: Self.list("SNI", serverNames)
    case .transport: transportProtocol.map { "transport \($0)" }
    case .application: Self.list("application protocol", applicationProtocols)
    case .directSource: Self.list("direct source", directSourcePrefixRanges)
    case .sourceType: sourceType.map { "connections from \($0.rawValue)" }
    case .source: Self.list("source", sourcePrefixRanges)
    case .sourcePort: Self.list("source port", sourcePorts)
    }
  }

  /// All criteria of the chain, as text.
  var requirements: [String] { EnvoyMatchStep.allCases.compactMap(requirement) }

  private static func list(_ name: String, _ values: [some CustomStringConvertible]) -> String? {
    values.isEmpty ? nil : "\(name) \(values.map(\.description).joined(separator: ", "))"
  }
}

/// Fit of a filter chain at one step.
enum EnvoyFit: Hashable {
  case no
  /// Matches; higher is more specific, 0 means no criterion.
  case yes(Int)
  /// The criterion needs a value that is not given.
  case unknown

  /// Specificity, if the chain matches.
  var exactness: Int? {
    switch self {
    case .yes(let exactness): exactness
    case .no, .unknown: nil
    }
  }

  fileprivate static func `if`(_ isFulfilled: Bool) -> EnvoyFit { isFulfilled ? .yes(1) : .no }
}

extension EnvoyFilterChainMatch {
  /// Fit of the chain at a step.
  func fit(_ inspected: InspectedConnection, _ step: EnvoyMatchStep) -> EnvoyFit {
    let connection = inspected.connection
    switch step {
    case .destinationPort: return destinationPort.map { .if($0 == inspected.destination.port) } ?? .yes(0)
    case .destination: return Self.fit(prefixRanges, inspected.destination.address)
    case .serverName: return serverNameFit(inspected.serverName)
    case .transport: return transportProtocol.map { .if($0 == inspected.transportProtocol) } ?? .yes(0)
    case .application: return applicationFit(inspected.applicationProtocols)
    case .directSource: return Self.fit(directSourcePrefixRanges, connection.source)
    case .sourceType: return sourceTypeFit(inspected)
    case .source: return Self.fit(sourcePrefixRanges, connection.source)
    case .sourcePort:
      guard !sourcePorts.isEmpty else { return .yes(0) }
      return connection.sourcePort.map { .if(sourcePorts.contains($0)) } ?? .unknown
    }
  }

  private static func fit(_ blocks: [CIDR], _ address: IPAddress?) -> EnvoyFit {
    guard !blocks.isEmpty else { return .yes(0) }
    guard let address else { return .unknown }
    return blocks.filter { $0.contains(address) }.map { .yes($0.prefixLength + 1) }.max {
      $0.exactness ?? 0 < $1.exactness ?? 0
    } ?? .no
  }

  private func serverNameFit(_ name: String?) -> EnvoyFit {
    guard !serverNames.isEmpty else { return .yes(0) }
    guard let name else { return .no }
    let exactness = serverNames.compactMap { pattern in
      if pattern.lowercased() == name { return Int.max }
      return pattern.hasPrefix("*.") && name.hasSuffix(pattern.lowercased().dropFirst()) ? pattern.count : nil
    }.max()
    return exactness.map(EnvoyFit.yes) ?? .no
  }

  /// The first of the offered protocols that any chain lists decides.
  private func applicationFit(_ offered: [String]) -> EnvoyFit {
    guard !applicationProtocols.isEmpty else { return .yes(0) }
    return offered.firstIndex(where: applicationProtocols.contains).map { .yes(Int.max - $0) } ?? .no
  }

  private func sourceTypeFit(_ inspected: InspectedConnection) -> EnvoyFit {
    guard let sourceType else { return .yes(0) }
    guard let isSameHost = inspected.isFromSameHost else { return .unknown }
    return .if(isSameHost == (sourceType == .sameHost))
  }
}

extension InspectedConnection {
  /// True if the source is a loopback address or the destination itself; nil if the source is not given.
  var isFromSameHost: Bool? {
    connection.source.map { $0.isLoopback || $0 == destination.address }
  }
}
