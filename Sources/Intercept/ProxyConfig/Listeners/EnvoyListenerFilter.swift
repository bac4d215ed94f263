import NetworkValues
import PacketTrace

/// A listener filter, as far as it changes the properties that filter chains match.
///
/// The corresponding message is `envoy.config.listener.v3.ListenerFilter`.
public struct EnvoyListenerFilter: Hashable, Sendable {
  public var kind: Kind
  /// Connections that skip the filter (`filter_disabled`); nil for none.
  public var disabled: EnvoyPortPredicate?

  public enum Kind: Hashable, Sendable {
    /// `envoy.filters.listener.original_dst`: restores the destination before a redirect.
    case originalDestination
    /// `envoy.filters.listener.tls_inspector`: detects TLS, SNI and ALPN.
    case tlsInspector
    /// `envoy.filters.listener.http_inspector`: detects HTTP in plain bytes.
    case httpInspector
    /// `envoy.filters.listener.proxy_protocol`: replaces the addresses by those of a PROXY header.
    case proxyProtocol
    /// A filter without effect on the match.
    case other(String)
  }

  public init(_ kind: Kind, disabled: EnvoyPortPredicate? = nil) {
    self.kind = kind
    self.disabled = disabled
  }
}

/// A condition on the destination port of a connection.
///
/// The corresponding message is `envoy.config.listener.v3.ListenerFilterChainMatchPredicate`.
public indirect enum EnvoyPortPredicate: Hashable, Sendable {
  case any
  case ports(Range<UInt32>)
  case not(EnvoyPortPredicate)
  case allOf([EnvoyPortPredicate])
  case anyOf([EnvoyPortPredicate])

  func matches(_ port: Port) -> Bool {
    switch self {
    case .any: true
    case .ports(let range): range.contains(UInt32(port.rawValue))
    case .not(let predicate): !predicate.matches(port)
    case .allOf(let predicates): predicates.allSatisfy { $0.matches(port) }
    case .anyOf(let predicates): predicates.contains { $0.matches(port) }
    }
  }
}

/// A connection with the properties that listener filters have detected so far.
struct InspectedConnection {
  let connection: EnvoyConnection
  /// Local address of the socket: the original destination once `original_dst` has restored it.
  private(set) var destination: Endpoint
  /// True if `original_dst` has run.
  private(set) var isRestored: Bool
  private(set) var serverName: String?
  /// Detected transport protocol; nil for none, which filter chains see as `raw_buffer`.
  private var detectedTransport: String?
  private(set) var applicationProtocols: [String] = []
  private(set) var notes: [String] = []
  private var inspectors: Set<EnvoyListenerFilter.Kind> = []

  /// - Parameters:
  ///   - local: local address of the accepted socket.
  ///   - isRestored: true if it already is the original destination.
  init(_ connection: EnvoyConnection, local: Endpoint, isRestored: Bool = false) {
    self.connection = connection
    destination = local
    self.isRestored = isRestored
  }

  var transportProtocol: String { detectedTransport ?? "raw_buffer" }

  /// Runs the listener filters. `use_original_dst` appends `original_dst`.
  mutating func inspect(by listener: EnvoyListener) {
    let added = listener.usesOriginalDestination ? [EnvoyListenerFilter(.originalDestination)] : []
    for filter in listener.listenerFilters + added
    where filter.disabled?.matches(destination.port) != true {
      run(filter.kind)
    }
  }

  private mutating func run(_ kind: EnvoyListenerFilter.Kind) {
    let bytes = connection.firstBytes ?? EnvoyFirstBytes()
    inspectors.insert(kind)
    switch kind {
    case .originalDestination: (destination, isRestored) = (connection.original, true)
    case .tlsInspector:
      guard bytes.isTLS else { return }
      (detectedTransport, serverName) = ("tls", bytes.serverName)
      applicationProtocols = bytes.applicationProtocols
    case .httpInspector:
      guard detectedTransport == nil, !bytes.isTLS else { return }
      applicationProtocols = bytes.applicationProtocols
    case .proxyProtocol:
      notes.append("the addresses of a PROXY header replace those of the connection; none is given")
    case .other: return
    }
  }

  /// The reason a property of the first bytes is missing at a step of the match; nil if it was detected.
  func missing(at step: EnvoyMatchStep) -> String? {
    let isTLS = connection.firstBytes?.isTLS ?? false
    switch step {
    case .destinationPort, .destination, .directSource, .sourceType, .source, .sourcePort: return nil
    case .serverName, .transport, .application:
      guard connection.firstBytes != nil else { return "which is not given" }
      if isTLS, !inspectors.contains(.tlsInspector) { return "which no tls_inspector detects" }
      let isPlainHTTP = !isTLS && step == .application && connection.firstBytes?.applicationProtocols != []
      return isPlainHTTP && !inspectors.contains(.httpInspector) ? "which no http_inspector detects" : nil
    }
  }
}
