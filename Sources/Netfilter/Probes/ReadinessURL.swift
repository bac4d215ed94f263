public import Intercept

/// The readiness endpoint of a proxy: an `http` URL with an IP address or `localhost` as its host.
///
/// Other names are not resolved: the namespace may have no resolver.
public struct ReadinessURL: Hashable, Sendable {
  /// The endpoints in the order to try; `localhost` is 127.0.0.1 and ::1.
  public let endpoints: [Endpoint]
  /// The host and optional port as in the URL.
  public let authority: String
  /// The path and the query.
  public let path: String

  /// The readiness endpoint of the proxy in the same pod.
  public static func localhost(_ port: Port) -> ReadinessURL {
    ReadinessURL(
      endpoints: hosts("localhost").map { Endpoint($0, port) }, authority: "localhost:\(port)",
      path: "/healthz/ready")
  }

  private init(endpoints: [Endpoint], authority: String, path: String) {
    (self.endpoints, self.authority, self.path) = (endpoints, authority, path)
  }

  private static func hosts(_ text: String) -> [IPAddress] {
    let localhost: [IPAddress] = IPFamily.allCases.map { .localhost($0) }
    return text.lowercased() == "localhost" ? localhost : IPAddress(text).map { [$0] } ?? []
  }
}

extension ReadinessURL: LosslessStringConvertible {
  /// Reads `http://127.0.0.1:15021/healthz/ready`, `http://[::1]:15021/`, `http://localhost`.
  public init?(_ description: String) {
    let start = "http://"
    guard description.lowercased().hasPrefix(start), description.utf8.allSatisfy(\.isURLByte) else {
      return nil
    }
    let rest = description.dropFirst(start.count)
    let authority = String(rest.prefix { $0 != "/" && $0 != "?" })
    guard let (host, port) = Self.parts(authority) else { return nil }
    let path = rest.dropFirst(authority.count)
    self.init(
      endpoints: Self.hosts(host).map { Endpoint($0, port) }, authority: authority,
      path: path.hasPrefix("/") ? String(path) : "/" + path)
    if endpoints.isEmpty { return nil }
  }

  public var description: String { "http://\(authority)\(path)" }

  private static func parts(_ authority: String) -> (host: String, port: Port)? {
    guard authority.hasPrefix("[") else {
      let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      guard let port = parts.count == 2 ? Port(parts[1]) : 80, port != 0 else { return nil }
      return (parts[0], port)
    }
    guard let end = authority.firstIndex(of: "]") else { return nil }
    let host = String(authority[..<end].dropFirst())
    let rest = authority[end...].dropFirst()
    guard host.contains(":"), rest.isEmpty || rest.hasPrefix(":"),
      let port = rest.isEmpty ? 80 : Port(String(rest.dropFirst())), port != 0
    else { return nil }
    return (host, port)
  }
}

extension UInt8 {
  /// True if a request may contain the byte; a fragment is never sent.
  fileprivate var isURLByte: Bool { self > 0x20 && self < 0x7f && self != UInt8(ascii: "#") }
}
