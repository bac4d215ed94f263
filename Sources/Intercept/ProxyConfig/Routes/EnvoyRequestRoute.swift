/// A route: a match and its action.
///
/// The corresponding message is `envoy.config.route.v3.Route`.
public struct EnvoyRequestRoute: Hashable, Sendable {
  public var name: String?
  public var match: EnvoyRequestMatch
  public var action: Action
  /// True if a failed connection is tried again (`retry_policy`).
  public var retries: Bool
  /// Metadata that selects a subset of the cluster (`metadata_match`).
  public var labels: [String: String]
  /// True if it terminates CONNECT (`connect_config`).
  public var terminatesConnect: Bool
  /// Requests that the fault filter delays, or answers in place of the action; nil for none.
  public var fault: EnvoyFault?

  public enum Action: Hashable, Sendable {
    case cluster(String)
    /// Clusters with a weight above 0.
    case weightedClusters([String])
    /// The cluster is the value of a header.
    case clusterHeader(String)
    case redirect(EnvoyRedirect)
    /// A response with this status.
    case directResponse(status: Int)
    /// An action that is not modelled.
    case unknown(String)

    /// The clusters that the action names.
    var clusters: [String] {
      switch self {
      case .cluster(let name): [name]
      case .weightedClusters(let names): names
      case .clusterHeader, .redirect, .directResponse, .unknown: []
      }
    }
  }

  public init(
    name: String? = nil, match: EnvoyRequestMatch, action: Action, retries: Bool = false,
    labels: [String: String] = [:], terminatesConnect: Bool = false, fault: EnvoyFault? = nil
  ) {
    self.name = name
    self.match = match
    self.action = action
    self.retries = retries
    self.labels = labels
    self.terminatesConnect = terminatesConnect
    self.fault = fault
  }
}

/// A redirect.
///
/// The corresponding message is `envoy.config.route.v3.RedirectAction`.
public struct EnvoyRedirect: Hashable, Sendable {
  public var status = 301
  public var scheme: String?
  public var host: String?
  public var port: Int?
  public var path: Path = .same
  public var stripsQuery = false

  public enum Path: Hashable, Sendable {
    case same
    /// Replaces path and query.
    case replaced(String)
    /// Replaces the prefix of the route's match.
    case prefix(String)
    /// A regular expression, which is not modelled.
    case regex
  }

  public init() {}

  /// The target of the redirect; nil if it depends on a regular expression.
  ///
  /// - Parameters:
  ///   - scheme: the scheme of the request.
  ///   - match: the route's match, whose prefix may be replaced.
  func location(of request: HTTPRequest, scheme old: String, _ match: EnvoyRequestMatch.Path) -> String? {
    guard let path = path(of: request, match) else { return nil }
    let new = scheme ?? old
    var authority = host ?? request.host ?? ""
    let isDefaultPort =
      old == "http" && authority.hasSuffix(":80") || old == "https" && authority.hasSuffix(":443")
    if port != nil || host == nil && new != old && isDefaultPort { authority = authority.withoutPort }
    return "\(new)://\(authority)\(port.map { ":\($0)" } ?? "")\(path)"
  }

  private func path(of request: HTTPRequest, _ match: EnvoyRequestMatch.Path) -> String? {
    let query = stripsQuery ? "" : String(request.path.dropFirst(request.pathAlone.count))
    switch path {
    case .same: return request.pathAlone + query
    case .replaced(let text): return text.contains("?") ? text : text + query
    case .prefix(let text):
      switch match {
      case .prefix(let old), .separatedPrefix(let old), .exact(let old):
        return text + request.pathAlone.dropFirst(old.count) + query
      case .regex, .template, .connect, .unknown: return nil
      }
    case .regex: return nil
    }
  }
}

/// A response of the proxy itself.
public struct EnvoyResponse: Hashable, Sendable {
  public let status: Int
  /// Target of a redirect; nil for a direct response, and if it is not known.
  public let location: String?
}
