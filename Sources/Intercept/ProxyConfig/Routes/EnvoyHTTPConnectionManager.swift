/// The HTTP connection manager of a filter chain, as far as it selects routes.
///
/// The corresponding message is `envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`.
public struct EnvoyHTTPConnectionManager: Hashable, Sendable {
  /// Name of the route configuration.
  public var routes: String
  /// The route configuration inside the listener; nil if it is discovered by its name (`rds`).
  public var inline: EnvoyRouteConfiguration?
  public var stripsPort: PortStripping
  /// True if a dot at the end of the host is removed.
  public var stripsTrailingDot: Bool

  /// Ports that are removed from the host of a request.
  public enum PortStripping: Hashable, Sendable {
    case none
    /// The listener's port.
    case matching
    case any
  }

  public init(
    routes: String, inline: EnvoyRouteConfiguration? = nil, stripsPort: PortStripping = .none,
    stripsTrailingDot: Bool = false
  ) {
    self.routes = routes
    self.inline = inline
    self.stripsPort = stripsPort
    self.stripsTrailingDot = stripsTrailingDot
  }

  /// The host of a request, as routes see it.
  func normalised(_ host: String, port: String) -> String {
    var host = host
    let given = host.dropFirst(host.withoutPort.count).dropFirst()
    switch stripsPort {
    case .none: break
    case .matching: if given == port { host = host.withoutPort }
    case .any: host = host.withoutPort
    }
    let name = host.withoutPort
    guard stripsTrailingDot, name.hasSuffix(".") else { return host }
    return String(name.dropLast()) + host.dropFirst(name.count)
  }
}
