import Intercept
package import KubernetesObjects

/// The protocol that Istio assumes for a port's traffic.
package enum PortProtocol: String, Hashable, Sendable {
  case http = "HTTP"
  case http2 = "HTTP/2"
  case grpc = "gRPC"
  case grpcWeb = "gRPC-Web"
  case https = "HTTPS"
  case tls = "TLS"
  case tcp = "TCP"
  case mongo = "Mongo"
  case redis = "Redis"
  case mysql = "MySQL"
  case udp = "UDP"
  /// No protocol is declared: the proxy detects it from the first bytes of each connection.
  case unknown = "unknown"

  /// The protocols by name, as in the part of a port's name before the first dash.
  private static let names: [(String, PortProtocol)] = [
    ("http", .http), ("http2", .http2), ("https", .https), ("grpc", .grpc), ("grpc-web", .grpcWeb),
    ("tls", .tls), ("tcp", .tcp), ("mongo", .mongo), ("redis", .redis), ("mysql", .mysql), ("udp", .udp),
    ("http_proxy", .http),
  ]

  /// The ports of server-first protocols, where Istio does not detect the protocol.
  private static let wellKnownPorts: Set<Port> = [25, 53, 3306, 27017]

  /// Reads the name of a Service's port or the protocol of a ServiceEntry's port.
  package init(word: String) {
    let word = word.lowercased()
    if word.hasPrefix("grpc-web") {
      self = .grpcWeb
    } else {
      let first = word.prefix { $0 != "-" }
      self = Self.names.first { $0.0 == first }?.1 ?? .unknown
    }
  }

  /// Reads an `appProtocol`, which may be a standard Kubernetes name.
  init(appProtocol: String) {
    switch appProtocol {
    case "kubernetes.io/h2c": self = .http2
    case "kubernetes.io/ws": self = .http
    case "kubernetes.io/wss": self = .https
    default: self.init(word: appProtocol)
    }
  }

  /// The protocol of a Service's port, from its appProtocol or else its name.
  package init(_ port: ServicePort) {
    // Istio takes SCTP as TCP: only UDP is distinguished.
    guard port.transport != "UDP" else {
      self = .udp
      return
    }
    let declared = port.appProtocol.map(PortProtocol.init(appProtocol:)) ?? PortProtocol(word: port.name)
    self = declared == .unknown && Self.wellKnownPorts.contains(port.number) ? .tcp : declared
  }

  /// The name in the port names of Services: `http2`.
  package var portName: String { Self.names.first { $0.1 == self }?.0 ?? rawValue }

  /// True if a listener distinguishes connections by address only, before it reads data.
  package var isPlainTCP: Bool {
    switch self {
    case .tcp, .mongo, .redis, .mysql, .unknown: true
    case .http, .http2, .grpc, .grpcWeb, .https, .tls, .udp: false
    }
  }

  /// True if Istio makes a TCP filter chain alone.
  package var isTCP: Bool { isTLS || isPlainTCP && self != .unknown }

  /// True for protocols whose server speaks first: Istio shares their ports with no other protocol.
  package var isServerFirst: Bool { self == .mongo || self == .mysql }

  package var isTLS: Bool { self == .https || self == .tls }

  package var isHTTP: Bool { [.http, .http2, .grpc, .grpcWeb].contains(self) }
}
