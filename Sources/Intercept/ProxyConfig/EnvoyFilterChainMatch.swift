public import NetworkValues

/// What a filter chain asks of a connection; what it leaves empty, it does not ask.
public struct EnvoyFilterChainMatch: Hashable, Sendable {
  /// Of the original destination.
  public var destinationPort: Port?
  /// Of the original destination.
  public var prefixRanges: [CIDR] = []
  /// Names of SNI; `*.` at the beginning stands for any first parts.
  public var serverNames: [String] = []
  /// `tls` or `raw_buffer`.
  public var transportProtocol: String?
  /// Names of ALPN, or those that plain bytes are given.
  public var applicationProtocols: [String] = []
  public var directSourcePrefixRanges: [CIDR] = []
  public var sourceType: SourceType?
  public var sourcePrefixRanges: [CIDR] = []
  public var sourcePorts: [Port] = []

  /// Where connections come from (`source_type`).
  public enum SourceType: String, Hashable, Sendable {
    /// From the address they go to, or from a loopback address.
    case sameHost = "this host itself"
    case external = "elsewhere"
  }

  /// Asks for nothing.
  public init() {}
}

/// The steps in which a chain is looked for, in Envoy's order. Each keeps the chains that ask for just this, the most
/// exact ones if there are several, else those that ask for nothing; and none is taken back.
enum EnvoyMatchStep: CaseIterable {
  case destinationPort, destination, serverName, transport, application, directSource, sourceType, source,
    sourcePort

  /// Whether the step is about a connection's first bytes.
  var isAboutGreeting: Bool {
    switch self {
    case .serverName, .transport, .application: true
    case .destinationPort, .destination, .directSource, .sourceType, .source, .sourcePort: false
    }
  }
}

extension EnvoyFilterChainMatch {
  /// What the chain asks at a step, in words; nil if nothing.
  func demand(_ step: EnvoyMatchStep) -> String? {
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

  /// Everything the chain asks.
  var demands: [String] { EnvoyMatchStep.allCases.compactMap(demand) }

  private static func list(_ name: String, _ values: [some CustomStringConvertible]) -> String? {
    values.isEmpty ? nil : "\(name) \(values.map(\.description).joined(separator: ", "))"
  }
}
