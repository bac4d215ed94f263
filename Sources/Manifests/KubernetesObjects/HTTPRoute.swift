package import Intercept
import ManifestText

extension VirtualService {
  /// A route of HTTP requests: redirected, answered by the proxy, or sent to destinations, in this order.
  ///
  /// The corresponding Istio type is `HTTPRoute`.
  package struct HTTPRoute: Sendable {
    /// Empty for a route without a name.
    package var name: String
    /// Conditions, of which one must hold; none for every request.
    package var matches: [HTTPMatch]
    package var destinations: [WeightedDestination]
    package var redirect: HTTPRedirect?
    /// The status of a response of the proxy itself (`directResponse`).
    package var responseStatus: Int?
    package var fault: EnvoyFault?
    /// The VirtualService whose routes replace this one.
    package var delegate: ObjectName?

    /// A route without a fault and a delegate.
    init(
      name: String, matches: [HTTPMatch], destinations: [WeightedDestination], redirect: HTTPRedirect?
    ) {
      self.name = name
      self.matches = matches
      self.destinations = destinations
      self.redirect = redirect
    }

    /// A route of a path, or of every request, to one destination.
    package init(path: TextMatch?, destination: WeightedDestination) {
      self.init(name: "", matches: [], destinations: [destination], redirect: nil)
      if let path {
        matches = [HTTPMatch()]
        matches[0].path = path
      }
    }
  }

  /// A redirect. The corresponding Istio type is `HTTPRedirect`.
  package struct HTTPRedirect: Sendable {
    /// The redirect without a port that depends on the listener.
    package let redirect: EnvoyRedirect
    /// True for the port of the listener (`derivePort: FROM_REQUEST_PORT`).
    package let keepsPort: Bool
    /// False for a status that Istio does not support.
    package var isSupported: Bool { [301, 302, 303, 307, 308].contains(redirect.status) }

    init(_ redirect: EnvoyRedirect, keepsPort: Bool) {
      self.redirect = redirect
      self.keepsPort = keepsPort
    }
  }
}

extension VirtualService.HTTPRoute {
  static func all(of root: JSONObject, _ namespace: String) throws(FieldProblem) -> [Self] {
    var found: [Self] = []
    for route in try root.object("spec")?.objects("http") ?? [] {
      found.append(try Self(route, in: root, namespace))
    }
    return found
  }

  private init(_ json: JSONObject, in root: JSONObject, _ namespace: String) throws(FieldProblem) {
    name = try json.string("name") ?? ""
    matches = []
    for match in try json.objects("match") {
      matches.append(try VirtualService.HTTPMatch(match, namespace))
    }
    destinations = try VirtualService.WeightedDestination.all(of: json, in: root)
    redirect = try json.object("redirect").map { node throws(FieldProblem) in
      try VirtualService.HTTPRedirect(node)
    }
    responseStatus = try json.object("directResponse")?.number("status", 0...999)
    fault = try json.object("fault").map { node throws(FieldProblem) in
      EnvoyFault(
        abort: try node.object("abort").flatMap { abort throws(FieldProblem) in try EnvoyFault.Abort(abort) },
        delay: try node.object("delay").flatMap { delay throws(FieldProblem) in try EnvoyFault.Delay(delay) })
    }
    delegate = try json.object("delegate").map { node throws(FieldProblem) in
      ObjectName(
        kind: "VirtualService", namespace: try node.string("namespace") ?? namespace,
        name: try node.string("name") ?? "")
    }
  }
}

extension VirtualService.HTTPRedirect {
  fileprivate init(_ json: JSONObject) throws(FieldProblem) {
    var redirect = EnvoyRedirect()
    redirect.status = try json.number("redirectCode", 0...999) ?? 301
    if redirect.status == 0 { redirect.status = 301 }
    redirect.scheme = try json.string("scheme").flatMap { $0.isEmpty ? nil : $0 }
    redirect.host = try json.string("authority").flatMap { $0.isEmpty ? nil : $0 }
    redirect.port = try json.number("port", 0...65535)
    let path = try json.string("uri") ?? ""
    redirect.path = path.isEmpty ? .same : .replaced(path)
    if let prefix = try json.string("prefixRewrite"), !prefix.isEmpty { redirect.path = .prefix(prefix) }
    self.init(redirect, keepsPort: try json.string("derivePort") == "FROM_REQUEST_PORT")
  }
}

extension EnvoyFault.Abort {
  /// - Returns: nil without an HTTP status. An error of gRPC has the status 200.
  fileprivate init?(_ json: JSONObject) throws(FieldProblem) {
    guard let status = try json.number("httpStatus", 0...999) ?? (json.has("grpcStatus") ? 200 : nil) else {
      return nil
    }
    self.init(status: status, percentage: try json.percentage() ?? 0)
  }
}

extension EnvoyFault.Delay {
  /// - Returns: nil without a fixed delay.
  fileprivate init?(_ json: JSONObject) throws(FieldProblem) {
    guard let duration = try json.string("fixedDelay") else { return nil }
    // The older field is a whole number.
    let older = try json.number("percent", 0...100).map(Double.init)
    self.init(duration: duration.onOneLine, percentage: try json.percentage() ?? older ?? 0)
  }
}

extension JSONObject {
  /// The share of the requests, in percent.
  fileprivate func percentage() throws(FieldProblem) -> Double? {
    try object("percentage").map { share throws(FieldProblem) in
      try share.scalarText("value").flatMap(Double.init) ?? 0
    }
  }
}
