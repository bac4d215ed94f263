/// Virtual hosts and their routes.
///
/// The corresponding message is `envoy.config.route.v3.RouteConfiguration`.
public struct EnvoyRouteConfiguration: Hashable, Sendable {
  public var name: String
  public var virtualHosts: [EnvoyVirtualHost]
  /// True if a port in the host of a request is ignored (`ignore_port_in_host_matching`).
  public var ignoresPort: Bool

  public init(name: String, virtualHosts: [EnvoyVirtualHost], ignoresPort: Bool = false) {
    self.name = name
    self.virtualHosts = virtualHosts
    self.ignoresPort = ignoresPort
  }

  /// The clusters of all routes; empty if a route names none.
  var clusters: [String] {
    let each = virtualHosts.flatMap(\.routes).map(\.action.clusters)
    return each.contains([]) ? [] : each.flatMap(\.self)
  }

  /// True if every request has a virtual host and a route.
  var routesEveryRequest: Bool {
    virtualHosts.contains { $0.domains.contains("*") }
      && virtualHosts.allSatisfy { $0.routes.contains(where: \.match.isCatchAll) }
  }
}

/// A virtual host.
///
/// The corresponding message is `envoy.config.route.v3.VirtualHost`.
public struct EnvoyVirtualHost: Hashable, Sendable {
  public var name: String
  /// Exact names, `*.suffix`, `prefix.*` or `*`; a port is part of the name.
  public var domains: [String]
  /// Routes; the first match decides.
  public var routes: [EnvoyRequestRoute]
  /// Requests that are redirected to HTTPS (`require_tls`).
  public var redirectsToHTTPS: HTTPSRedirect
  /// Matching tree in place of the routes, which is not modelled.
  public var usesMatcherTree: Bool

  public enum HTTPSRedirect: Hashable, Sendable {
    case none, all
    /// Requests from outside, which trusted headers decide.
    case externalOnly
  }

  public init(
    name: String, domains: [String], routes: [EnvoyRequestRoute], redirectsToHTTPS: HTTPSRedirect = .none,
    usesMatcherTree: Bool = false
  ) {
    self.name = name
    self.domains = domains
    self.routes = routes
    self.redirectsToHTTPS = redirectsToHTTPS
    self.usesMatcherTree = usesMatcherTree
  }
}

extension EnvoyRouteConfiguration {
  /// The virtual host of a host name, with the domain that matches.
  ///
  /// An exact domain precedes the longest suffix, which precedes the longest prefix, which precedes `*`.
  func virtualHost(of host: String) -> (host: EnvoyVirtualHost, domain: String)? {
    let host = (ignoresPort ? host.withoutPort : host).lowercased()
    let ranked = virtualHosts.flatMap { virtualHost in
      virtualHost.domains.compactMap { domain in
        EnvoyDomainRank(domain.lowercased(), host).map { (host: virtualHost, domain: domain, rank: $0) }
      }
    }
    return ranked.max { $0.rank < $1.rank }.map { ($0.host, $0.domain) }
  }
}

/// Precedence of a domain that matches a host name.
private struct EnvoyDomainRank: Comparable {
  /// 3 for exact names, 2 for suffixes, 1 for prefixes, 0 for `*`.
  private let kind: Int
  private let length: Int

  /// Nil if the domain does not match. A wildcard matches at least one character.
  init?(_ domain: String, _ host: String) {
    length = domain.utf8.count
    if domain == "*" {
      kind = 0
    } else if domain.hasPrefix("*") {
      guard host.utf8.count >= length, host.hasSuffix(domain.dropFirst()) else { return nil }
      kind = 2
    } else if domain.hasSuffix("*") {
      guard host.utf8.count >= length, host.hasPrefix(domain.dropLast()) else { return nil }
      kind = 1
    } else {
      guard domain == host else { return nil }
      kind = 3
    }
  }

  static func < (one: EnvoyDomainRank, other: EnvoyDomainRank) -> Bool {
    (one.kind, one.length) < (other.kind, other.length)
  }
}

extension String {
  /// A host without its port: `a.b` of `a.b:80`, `[::1]` of `[::1]:80`.
  var withoutPort: String {
    guard let colon = lastIndex(of: ":"), !self[colon...].contains("]") else { return self }
    let host = self[..<colon]
    let isAddress = host.contains(":") && !host.hasPrefix("[")
    let isPort = self[colon...].dropFirst().allSatisfy { ("0"..."9").contains($0) }
    return isAddress || !isPort ? self : String(host)
  }
}
