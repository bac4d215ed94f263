public import NetworkValues
public import PacketTrace

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

extension EnvoyConfiguration {
  /// The connection that a trace brings to the proxy; nil if the proxy does not get it, or nobody can tell.
  public func connection(from trace: Trace, greeting: EnvoyGreeting? = nil) -> EnvoyConnection? {
    guard trace.flow.proto == .tcp, let port = port(of: trace) else { return nil }
    return EnvoyConnection(
      port: port, original: trace.flow.destination, source: trace.packet.source ?? trace.flow.source,
      sourcePort: trace.flow.sourcePort, greeting: greeting)
  }

  /// The port where the rules, or their absence, bring a connection to the proxy.
  private func port(of trace: Trace) -> Port? {
    switch trace.verdict {
    case .redirect(let listener): listener.port
    case .tproxy(let port): port
    case .accept:
      trace.endsHere && listens(on: trace.packet.destinationPort, trace.packet.destination)
        ? trace.packet.destinationPort : nil
    case .drop, .unknown: nil
    }
  }
}

extension Trace {
  /// Whether the packet has come to a socket of this host.
  fileprivate var endsHere: Bool { packet.inInterface != nil && packet.outInterface == nil }
}
