import Intercept

/// What Istio takes a port's traffic to be.
enum PortProtocol: String, Hashable, Sendable {
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
  /// Nothing that is known: the proxy looks at the first bytes of each connection.
  case guessed = "unknown"

  /// The words that name protocols: in a port's name before the first dash.
  static let words: [(String, PortProtocol)] = [
    ("http", .http), ("http2", .http2), ("https", .https), ("grpc", .grpc), ("grpc-web", .grpcWeb),
    ("tls", .tls), ("tcp", .tcp), ("mongo", .mongo), ("redis", .redis), ("mysql", .mysql), ("udp", .udp),
    ("http_proxy", .http),
  ]

  /// Ports that speak first or have a protocol of their own; Istio does not look into unnamed traffic there.
  static let wellKnownPorts: Set<Port> = [25, 53, 3306, 27017]

  /// Reads a word such as a port's name or a ServiceEntry's protocol.
  init(word: String) {
    let word = word.lowercased()
    if word.hasPrefix("grpc-web") {
      self = .grpcWeb
    } else {
      let first = word.prefix { $0 != "-" }
      self = Self.words.first { $0.0 == first }?.1 ?? .guessed
    }
  }

  /// Reads an `appProtocol`, which may be one of Kubernetes' own words.
  init(appProtocol: String) {
    switch appProtocol {
    case "kubernetes.io/h2c": self = .http2
    case "kubernetes.io/ws": self = .http
    case "kubernetes.io/wss": self = .https
    default: self.init(word: appProtocol)
    }
  }

  /// What a Service's port carries: its appProtocol says, else its name.
  init(_ port: ServicePort) {
    guard port.transport == "TCP" else {
      self = .udp
      return
    }
    let said = port.appProtocol.map(PortProtocol.init(appProtocol:)) ?? PortProtocol(word: port.name)
    self = said == .guessed && Self.wellKnownPorts.contains(port.number) ? .tcp : said
  }

  /// Whether a listener for it tells connections apart by nothing but addresses, at least until their first bytes.
  var isBareTCP: Bool {
    switch self {
    case .tcp, .mongo, .redis, .mysql, .guessed: true
    case .http, .http2, .grpc, .grpcWeb, .https, .tls, .udp: false
    }
  }

  var isTLS: Bool { self == .https || self == .tls }

  var isHTTP: Bool { [.http, .http2, .grpc, .grpcWeb].contains(self) }
}
