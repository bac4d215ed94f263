public import NetworkValues
public import PacketTrace

/// A connection accepted by the proxy.
public struct EnvoyConnection: Hashable, Sendable {
  /// The accepting port.
  public var port: Port
  /// Local address of the accepted socket, as `getsockname` returns it; nil if not known.
  public var local: Endpoint?
  /// Original destination, before the rules redirected the connection.
  public var original: Endpoint
  /// Source address; nil if not given.
  public var source: IPAddress?
  /// Source port; nil if not given.
  public var sourcePort: Port?
  /// First bytes of the connection; nil if not given.
  public var firstBytes: EnvoyFirstBytes?
  /// HTTP request on the connection; nil if not given.
  public var request: HTTPRequest?

  public init(
    port: Port, original: Endpoint, local: Endpoint? = nil, source: IPAddress? = nil,
    sourcePort: Port? = nil, firstBytes: EnvoyFirstBytes? = nil, request: HTTPRequest? = nil
  ) {
    self.port = port
    self.original = original
    self.local = local
    self.source = source
    self.sourcePort = sourcePort
    self.firstBytes = firstBytes
    self.request = request
  }
}

/// Properties of a connection's first bytes that `tls_inspector` and `http_inspector` detect.
public struct EnvoyFirstBytes: Hashable, Sendable {
  /// True if the connection begins with a TLS ClientHello.
  public var isTLS: Bool
  /// Server name in the ClientHello (SNI); nil for none.
  public var serverName: String?
  /// Protocols in the ClientHello (ALPN), preferred first; for plain bytes the detected ones: `http/1.1`,
  /// `h2c`.
  public var applicationProtocols: [String]

  /// A server name implies TLS. Server names are compared without case.
  public init(isTLS: Bool = false, serverName: String? = nil, applicationProtocols: [String] = []) {
    self.isTLS = isTLS || serverName != nil
    self.serverName = serverName?.lowercased()
    self.applicationProtocols = applicationProtocols
  }
}

/// An HTTP request, as far as routes match it.
public struct HTTPRequest: Hashable, Sendable {
  public var method: String
  /// The `Host` header or `:authority`, with the port if the client sends it; nil if not given.
  public var host: String?
  /// Path with the query.
  public var path: String
  /// Other headers, in order.
  public var headers: [Header]

  /// A header field.
  public struct Header: Hashable, Sendable {
    /// Name in lower case.
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name.lowercased()
      self.value = value
    }
  }

  public init(method: String = "GET", host: String? = nil, path: String = "/", headers: [Header] = []) {
    self.method = method
    self.host = host
    self.path = path
    self.headers = headers
  }

  /// Value of a header or pseudo-header; several values are joined with a comma, as Envoy does. Nil if absent.
  func value(of name: String) -> String? {
    switch name.lowercased() {
    case ":method": return method
    case ":path": return path
    case ":authority", "host": return host
    case let name:
      let values = headers.filter { $0.name == name }.map(\.value)
      return values.isEmpty ? nil : values.joined(separator: ",")
    }
  }

  /// Path without query and fragment.
  var pathAlone: Substring { path.prefix { $0 != "?" && $0 != "#" } }

  /// First value of a query parameter, not decoded; nil if absent.
  func queryParameter(_ name: String) -> String? {
    let query = path.drop { $0 != "?" }.dropFirst().prefix { $0 != "#" }
    for pair in query.split(separator: "&") where pair.prefix(while: { $0 != "=" }) == name {
      return String(pair.drop { $0 != "=" }.dropFirst())
    }
    return nil
  }
}

extension EnvoyConfiguration {
  /// The connection that a trace delivers to the proxy; nil if the proxy does not get it, or that is
  /// unknown.
  public func connection(
    from trace: Trace, _ firstBytes: EnvoyFirstBytes? = nil, _ request: HTTPRequest? = nil
  ) -> EnvoyConnection? {
    guard trace.flow.proto == .tcp, let (port, local) = delivery(of: trace) else { return nil }
    return EnvoyConnection(
      port: port, original: trace.flow.destination, local: local,
      source: trace.packet.source ?? trace.flow.source, sourcePort: trace.flow.sourcePort,
      firstBytes: firstBytes, request: request)
  }

  /// The proxy's port that gets the connection, and the local address of its socket.
  private func delivery(of trace: Trace) -> (Port, local: Endpoint)? {
    switch trace.verdict {
    case .redirect(let listener): return (listener.port, listener)
    // The socket keeps the destination of the packet.
    case .tproxy(let port): return (port, trace.flow.destination)
    case .accept, .dnat:
      let end = Endpoint(trace.packet.destination, trace.packet.destinationPort)
      return trace.endsOnThisHost && listens(on: end.port, end.address) ? (end.port, end) : nil
    case .drop, .reject, .unknown: return nil
    }
  }
}

extension Trace {
  /// True if the packet was delivered on this host.
  fileprivate var endsOnThisHost: Bool { packet.inInterface != nil && packet.outInterface == nil }
}
