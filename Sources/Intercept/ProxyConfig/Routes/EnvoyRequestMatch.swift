/// Conditions of a route.
///
/// The corresponding message is `envoy.config.route.v3.RouteMatch`.
public struct EnvoyRequestMatch: Hashable, Sendable {
  public var path: Path
  public var isCaseSensitive: Bool
  public var headers: [EnvoyHeaderMatch]
  public var queryParameters: [EnvoyQueryMatch]
  /// True if only requests with a content type of gRPC match.
  public var isGRPC: Bool
  /// Share of the requests that match, in percent (`runtime_fraction`); nil for all.
  public var percentage: Double?
  /// Conditions that are not modelled, by their names.
  public var others: [String]

  public enum Path: Hashable, Sendable {
    case prefix(String), exact(String)
    /// A prefix that ends at a slash or with the path (`path_separated_prefix`).
    case separatedPrefix(String)
    case regex(EnvoyRegex)
    /// A template of the extension `uri_template`.
    case template(EnvoyPathTemplate)
    /// Only CONNECT requests (`connect_matcher`).
    case connect
    /// A matcher that is not modelled.
    case unknown(String)
  }

  public init(
    _ path: Path, isCaseSensitive: Bool = true, headers: [EnvoyHeaderMatch] = [],
    queryParameters: [EnvoyQueryMatch] = [], isGRPC: Bool = false, percentage: Double? = nil,
    others: [String] = []
  ) {
    self.path = path
    self.isCaseSensitive = isCaseSensitive
    self.headers = headers
    self.queryParameters = queryParameters
    self.isGRPC = isGRPC
    self.percentage = percentage
    self.others = others
  }

  /// Matches a request. Queries and fragments are no part of the path.
  func matches(_ request: HTTPRequest) -> EnvoyFulfilment {
    .all(
      [pathMatches(request), grpcMatches(request), chance] + headers.map { $0.matches(request) }
        + queryParameters.map { $0.matches(request) } + others.map { .maybe($0) })
  }

  /// True if every request with a path matches. The corresponding Istio function is `IsCatchAllRoute`.
  package var isCatchAll: Bool {
    let isEveryPath =
      switch path {
      case .prefix(let text), .separatedPrefix(let text): text.isEmpty || text == "/"
      case .regex(let regex): regex.pattern == ".*"
      case .exact, .template, .connect, .unknown: false
      }
    return isEveryPath && headers.isEmpty && queryParameters.isEmpty && !isGRPC && percentage == nil
      && others.isEmpty
  }

  private func pathMatches(_ request: HTTPRequest) -> EnvoyFulfilment {
    let isConnect = request.method == "CONNECT"
    if path == .connect { return EnvoyFulfilment(isConnect) }
    // A CONNECT request of HTTP/1 has no path.
    guard !isConnect else { return .no }
    func fold(_ text: some StringProtocol) -> String { isCaseSensitive ? String(text) : text.lowercased() }
    let wanted = fold(request.pathAlone)
    switch path {
    case .prefix(let text): return EnvoyFulfilment(text.isEmpty || wanted.hasPrefix(fold(text)))
    case .exact(let text): return EnvoyFulfilment(wanted == fold(text))
    case .separatedPrefix(let text):
      let rest = wanted.hasPrefix(fold(text)) ? wanted.dropFirst(text.count) : nil
      return EnvoyFulfilment(rest.map { $0.isEmpty || $0.hasPrefix("/") } ?? false)
    case .regex(let regex): return regex.matches(String(request.pathAlone))
    case .template(let template): return EnvoyFulfilment(template.matches(request.pathAlone))
    case .connect: return EnvoyFulfilment(isConnect)
    case .unknown(let name): return .maybe("the path matcher \(name)")
    }
  }

  private func grpcMatches(_ request: HTTPRequest) -> EnvoyFulfilment {
    guard isGRPC else { return .yes }
    let type = request.value(of: "content-type") ?? ""
    return EnvoyFulfilment(type == "application/grpc" || type.hasPrefix("application/grpc+"))
  }

  private var chance: EnvoyFulfilment {
    guard let percentage, percentage < 100 else { return .yes }
    return percentage <= 0 ? .no : .maybe("\(percentage) % of the requests match")
  }
}

extension EnvoyRequestMatch: CustomStringConvertible {
  public var description: String {
    let parts =
      [path.description] + (isGRPC ? ["gRPC"] : []) + headers.map(\.description)
      + queryParameters.map(\.description) + (percentage.map { ["\($0) % of the requests"] } ?? []) + others
    return parts.joined(separator: ", ")
  }
}

extension EnvoyRequestMatch.Path: CustomStringConvertible {
  public var description: String {
    switch self {
    case .prefix(let text): "path \(text)*"
    case .exact(let text): "path \(text)"
    case .separatedPrefix(let text): "path \(text)[/*]"
    case .regex(let regex): "path ~ \(regex.pattern)"
    case .template(let template): "path \(template.text)"
    case .connect: "CONNECT"
    case .unknown(let name): "path by \(name)"
    }
  }
}

/// A condition on a header.
///
/// The corresponding message is `envoy.config.route.v3.HeaderMatcher`.
public struct EnvoyHeaderMatch: Hashable, Sendable {
  public var name: String
  public var rule: Rule
  public var isInverted: Bool
  /// True if an absent header matches as an empty one.
  public var treatsMissingAsEmpty: Bool

  public enum Rule: Hashable, Sendable {
    case text(EnvoyStringMatch)
    /// A decimal number, from the first to below the second.
    case range(Range<Int64>)
    case present(Bool)
  }

  public init(_ name: String, _ rule: Rule, isInverted: Bool = false, treatsMissingAsEmpty: Bool = false) {
    self.name = name
    self.rule = rule
    self.isInverted = isInverted
    self.treatsMissingAsEmpty = treatsMissingAsEmpty
  }

  /// Matches a request. An absent header matches no condition on its value, not even an inverted one.
  func matches(_ request: HTTPRequest) -> EnvoyFulfilment {
    guard let value = request.value(of: name) ?? (treatsMissingAsEmpty ? "" : nil) else {
      guard case .present(let isPresent) = rule else { return .no }
      return EnvoyFulfilment(isPresent == isInverted)
    }
    let outcome: EnvoyFulfilment =
      switch rule {
      case .text(let match): match.matches(value)
      case .range(let range): EnvoyFulfilment(Int64(value).map(range.contains) ?? false)
      case .present(let isPresent): EnvoyFulfilment(isPresent)
      }
    return isInverted ? outcome.inverted : outcome
  }
}

extension EnvoyHeaderMatch: CustomStringConvertible {
  public var description: String {
    let condition =
      switch rule {
      case .text(let match): " \(match)"
      case .range(let range): " in \(range.lowerBound)..<\(range.upperBound)"
      case .present(let isPresent): isPresent ? " present" : " absent"
      }
    return "header \(name)\(isInverted ? " not" : "")\(condition)"
  }
}

/// A condition on a query parameter.
///
/// The corresponding message is `envoy.config.route.v3.QueryParameterMatcher`.
public struct EnvoyQueryMatch: Hashable, Sendable {
  public var name: String
  /// Condition on the first value; nil if the parameter must only be present.
  public var match: EnvoyStringMatch?

  public init(_ name: String, _ match: EnvoyStringMatch?) {
    self.name = name
    self.match = match
  }

  func matches(_ request: HTTPRequest) -> EnvoyFulfilment {
    guard let value = request.queryParameter(name) else { return .no }
    return match?.matches(value) ?? .yes
  }
}

extension EnvoyQueryMatch: CustomStringConvertible {
  public var description: String { "query \(name) \(match?.description ?? "present")" }
}
