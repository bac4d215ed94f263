/// A connection as the proxy accepts it.
public struct EnvoyConnection: Hashable, Sendable {
  /// The port it was accepted on.
  public var port: Port
  /// Where it was going before the rules took it.
  public var original: Endpoint
  /// The other end's address; nil where nobody said.
  public var source: IPAddress?
  /// The other end's port; nil where nobody said.
  public var sourcePort: Port?
  /// What it begins with; nil where nobody said.
  public var greeting: EnvoyGreeting?

  public init(
    port: Port, original: Endpoint, source: IPAddress? = nil, sourcePort: Port? = nil,
    greeting: EnvoyGreeting? = nil
  ) {
    self.port = port
    self.original = original
    self.source = source
    self.sourcePort = sourcePort
    self.greeting = greeting
  }

  /// What its first bytes are taken for: nothing that anybody knows, where nobody said.
  var bytes: EnvoyGreeting { greeting ?? EnvoyGreeting() }
}

/// What the proxy reads out of a connection's first bytes (`tls_inspector`, `http_inspector`).
public struct EnvoyGreeting: Hashable, Sendable {
  /// Whether it begins with a TLS greeting.
  public var isTLS: Bool
  /// The name in the TLS greeting (SNI); nil for none.
  public var serverName: String?
  /// The protocols in the TLS greeting (ALPN), best first; or what plain bytes look like: `http/1.1`, `h2c`.
  public var applicationProtocols: [String]

  /// A greeting with a server name is one of TLS. Names of servers are compared without case.
  public init(isTLS: Bool = false, serverName: String? = nil, applicationProtocols: [String] = []) {
    self.isTLS = isTLS || serverName != nil
    self.serverName = serverName?.lowercased()
    self.applicationProtocols = applicationProtocols
  }

  /// As filter chains ask for it (`transport_protocol`).
  var transportProtocol: String { isTLS ? "tls" : "raw_buffer" }
}

extension EnvoyConnection {
  /// The connection that comes out of a trace; nil if the trace does not lead to a TCP listener of this host.
  public init?(_ trace: Trace, greeting: EnvoyGreeting? = nil) {
    guard trace.flow.proto == .tcp, let port = trace.listenerPort else { return nil }
    self.init(
      port: port, original: trace.flow.destination, source: trace.packet.source ?? trace.flow.source,
      sourcePort: trace.flow.sourcePort, greeting: greeting)
  }
}

extension Trace {
  /// The port of this host where the connection ends; nil if it goes elsewhere, or nobody can tell.
  fileprivate var listenerPort: Port? {
    switch verdict {
    case .redirect(let listener): listener.port
    case .tproxy(let port): port
    case .accept: packet.inInterface == nil || packet.outInterface != nil ? nil : packet.destinationPort
    case .drop, .unknown: nil
    }
  }
}
