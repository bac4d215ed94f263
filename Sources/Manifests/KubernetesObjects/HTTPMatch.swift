package import Intercept
import ManifestText

extension VirtualService {
  /// Conditions of an HTTP route, all of which must hold. The corresponding Istio type is `HTTPMatchRequest`.
  package struct HTTPMatch: Sendable {
    package var name = ""
    /// The path; nil for every path.
    package var path: TextMatch?
    package var method: TextMatch?
    package var authority: TextMatch?
    package var scheme: TextMatch?
    /// Headers by name.
    package var headers: [String: TextMatch] = [:]
    package var withoutHeaders: [String: TextMatch] = [:]
    package var queryParameters: [String: TextMatch] = [:]
    package var ignoresPathCase = false
    /// The port of the listener.
    package var port: Port?
    /// The gateways that the match is limited to; empty for all of the VirtualService's.
    package var gateways: [GatewayReference] = []
    /// Labels of the client.
    package var sourceLabels: [String: String] = [:]
    /// The namespace of the client; empty for all.
    package var sourceNamespace = ""

    /// Conditions that every request fulfils.
    package init() {}
  }

  /// A condition on a text. The corresponding Istio type is `StringMatch`.
  package enum TextMatch: Hashable, Sendable {
    case exact(String), prefix(String)
    /// A regular expression of RE2 for the whole text.
    case regex(String)
    /// Any value, also of a regular expression `*`.
    case present
  }
}

extension VirtualService.HTTPMatch {
  init(_ json: JSONObject, _ namespace: String) throws(FieldProblem) {
    typealias TextMatch = VirtualService.TextMatch
    name = try json.string("name") ?? ""
    path = try TextMatch(json, "uri")
    method = try TextMatch(json, "method")
    authority = try TextMatch(json, "authority")
    scheme = try TextMatch(json, "scheme")
    headers = try TextMatch.all(json.object("headers"))
    withoutHeaders = try TextMatch.all(json.object("withoutHeaders"))
    queryParameters = try TextMatch.all(json.object("queryParams"))
    ignoresPathCase = try json.bool("ignoreUriCase") ?? false
    port = try json.port("port")
    gateways = try json.strings("gateways").map { GatewayReference($0, in: namespace) }
    sourceLabels = try json.texts("sourceLabels")
    sourceNamespace = try json.string("sourceNamespace") ?? ""
  }
}

extension VirtualService.TextMatch {
  /// - Returns: nil if the object has no such member.
  fileprivate init?(_ json: JSONObject, _ name: String) throws(FieldProblem) {
    guard let node = try json.object(name) else { return nil }
    if let text = try node.string("exact") {
      self = .exact(text)
    } else if let text = try node.string("prefix") {
      self = .prefix(text)
    } else if let text = try node.string("regex"), text != "*" {
      self = .regex(text)
    } else {
      self = .present
    }
  }

  /// Returns the conditions of an object, by the names of its members. A member that is null is a condition as well.
  fileprivate static func all(_ json: JSONObject?) throws(FieldProblem) -> [String: Self] {
    var found: [String: Self] = [:]
    guard let json else { return found }
    for name in json.names { found[name] = try Self(json, name) ?? .present }
    return found
  }
}
