public import LogText
import NetworkValues
public import PacketTrace
public import ProxyConfig

/// The explanation of one line of an access log.
public struct AccessLogExplanation: Sendable {
  public let entry: AccessLogEntry
  public let hop: ConnectionHop
  public let source: LogSource
  /// The number of the line about the other end of the same connection.
  public let partner: Int?
  /// The route that the connection would have with the given listeners.
  public let today: RouteToday?
  /// The path of the connection's first packet through the given rules.
  public let trace: Trace?

  /// - Parameters:
  ///   - entry: the values of the line.
  ///   - partner: the number of the line about the other end.
  ///   - listeners: the proxy's listeners now.
  ///   - trace: the trace of the hop's flow through the rules now.
  public init(
    _ entry: AccessLogEntry, partner: Int? = nil, listeners: EnvoyConfiguration? = nil, trace: Trace? = nil
  ) {
    self.entry = entry
    self.partner = partner
    hop = ConnectionHop(entry)
    self.trace = trace
    source = entry.source
    today = listeners.flatMap { [hop] in RouteToday(entry, hop, $0) }
  }

  /// The known response flags.
  public var flags: [ResponseFlag] { entry.flags.compactMap { ResponseFlag(name: $0) } }

  /// The flags that Envoy does not define: those of extensions.
  public var unknownFlags: [String] { entry.flags.filter { ResponseFlag(name: $0) == nil } }

  /// Meanings of the response code details, of the termination details and of the failed connection.
  public var details: [(text: String, meaning: String?)] {
    let details = [entry[.responseCodeDetails], entry[.terminationDetails]].compactMap(\.self)
    return details.map { ($0, ResponseDetails.meaning(of: $0)) }
      + (entry[.transportFailure].map { [($0, ResponseDetails.meaning(ofFailure: $0))] } ?? [])
  }
}

extension AccessLogExplanation {
  /// Remarks on addresses that surprise, a sentence each.
  public var remarks: [String] {
    [inboundSource, selfCall, missingConnection, foreignEndpoint, plainClient, undeclaredPort].compactMap(
      \.self)
  }

  private var inboundSource: String? {
    hop.hasInboundSource
      ? "\(hop.source?.address.description ?? "") is the proxy's own source address towards the app; the rules leave it alone"
      : nil
  }

  private var selfCall: String? {
    hop.isSelfCall ? "the chosen endpoint is the same pod: the app calls itself through its service" : nil
  }

  private var missingConnection: String? {
    guard entry.hasFailed, entry.isLogged(.upstreamLocalAddress), hop.source == nil,
      entry[.upstreamHost] != nil
    else { return nil }
    return "no local address: the proxy had no connection to the endpoint"
  }

  /// A catch-all listener takes connections to addresses of other services.
  private var foreignEndpoint: String? {
    guard hop.side == .outbound, case .outbound(let port, _, let host) = hop.cluster,
      entry.isProtocolKnown, !entry.isHTTP,
      entry.hasFailed, let original = hop.original, let upstream = hop.upstream,
      original.address != upstream.address
    else { return nil }
    return """
      the app asked for \(original), and the proxy tried \(upstream): if \(original.address) is no address of \
      \(host), its catch-all listener 0.0.0.0_\(port) took the connection (--envoy-config shows it)
      """
  }

  private var plainClient: String? {
    guard hop.side == .inbound, entry.isLogged(.serverName) else { return nil }
    guard let name = entry[.serverName] else {
      return "no server name: the client's proxy did not choose this service, or the client has no proxy"
    }
    guard case .autoPassthrough(let port, _, let host) = ClusterName(name) else { return nil }
    return "the client's proxy chose \(host), port \(port), with mutual TLS"
  }

  private var undeclaredPort: String? {
    guard hop.cluster == .inboundPassthrough, let original = hop.original else { return nil }
    return "no Service declares port \(original.port) of this pod"
  }
}
