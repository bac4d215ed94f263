import Intercept
import ManifestText

extension KubernetesRoute.Rule {
  /// Reads a rule, once for each of its matches.
  ///
  /// - Parameters:
  ///   - name: the name of a rule without one.
  ///   - namespace: the namespace of the route.
  static func all(
    of json: JSONObject, _ kind: KubernetesRoute.Kind, name: String, _ namespace: String
  ) throws(FieldProblem) -> [Self] {
    let name = try json.string("name") ?? name
    let filters = try json.objects("filters")
    let redirects = try filters.map { filter throws(FieldProblem) in
      try filter.object("requestRedirect").map { json throws(FieldProblem) in
        try VirtualService.HTTPRedirect(httpRoute: json)
      }
    }
    let backends = try json.objects("backendRefs").map { backend throws(FieldProblem) in
      try KubernetesRoute.Backend(backend, namespace)
    }
    let types = try filters.map { filter throws(FieldProblem) in try filter.string("type") ?? "" }
    let matches = try json.objects("matches").map { match throws(FieldProblem) in
      kind == .grpc
        ? try VirtualService.HTTPMatch(grpcRoute: match) : try VirtualService.HTTPMatch(httpRoute: match)
    }
    let redirect = redirects.lazy.compactMap(\.self).first
    return (matches.isEmpty ? [[]] : matches.map { [$0] }).map { matches in
      Self(
        route: VirtualService.HTTPRoute(name: name, matches: matches, destinations: [], redirect: redirect),
        backends: backends, unsupportedFilter: types.first { !kind.filters.contains($0) })
    }
  }
}

extension KubernetesRoute.Kind {
  /// The filters that Istio supports.
  fileprivate var filters: [String] {
    switch self {
    case .http:
      [
        "RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect", "RequestMirror", "URLRewrite",
        "CORS",
      ]
    case .grpc: ["RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror"]
    case .tcp, .tls: []
    }
  }
}

extension VirtualService.HTTPMatch {
  /// Reads a match of an HTTPRoute.
  fileprivate init(httpRoute json: JSONObject) throws(FieldProblem) {
    self.init()
    path = try VirtualService.TextMatch(path: json.object("path"))
    method = try json.string("method").map { .exact($0) }
    headers = try VirtualService.TextMatch.all(json.objects("headers"))
    queryParameters = try VirtualService.TextMatch.all(json.objects("queryParams"))
  }

  /// Reads a match of a GRPCRoute.
  fileprivate init(grpcRoute json: JSONObject) throws(FieldProblem) {
    self.init()
    path = try json.object("method").flatMap { method throws(FieldProblem) in
      try VirtualService.TextMatch(grpcMethod: method)
    }
    headers = try VirtualService.TextMatch.all(json.objects("headers"))
  }
}

extension VirtualService.TextMatch {
  /// Reads a condition on the method of gRPC: the path is `/SERVICE/METHOD`.
  ///
  /// The corresponding Istio function is `createGRPCURIMatch`.
  ///
  /// - Returns: nil without a service and a method.
  fileprivate init?(grpcMethod json: JSONObject) throws(FieldProblem) {
    let isPattern = try json.string("type") == "RegularExpression"
    switch (try json.string("service"), try json.string("method")) {
    case (nil, nil): return nil
    case (let service?, nil): self = isPattern ? .regex("/\(service)/.+") : .prefix("/\(service)/")
    case (nil, let method?): self = .regex("/[^/]+/\(method)")
    case (let service?, let method?):
      self = isPattern ? .regex("/\(service)/\(method)") : .exact("/\(service)/\(method)")
    }
  }

  /// Reads a condition on the path. A slash at the end of a prefix is ignored.
  fileprivate init(path json: JSONObject?) throws(FieldProblem) {
    let value = try json?.string("value") ?? "/"
    switch try json?.string("type") ?? "PathPrefix" {
    case "Exact": self = .exact(value)
    case "RegularExpression": self = .regex(value)
    default: self = .prefix(value != "/" && value.hasSuffix("/") ? String(value.dropLast()) : value)
    }
  }

  /// Reads conditions on headers or query parameters, by name. Of several for one name the last counts.
  fileprivate static func all(_ list: [JSONObject]) throws(FieldProblem) -> [String: Self] {
    var found: [String: Self] = [:]
    for json in list {
      let value = try json.string("value") ?? ""
      let isPattern = try json.string("type") == "RegularExpression"
      found[try json.string("name") ?? ""] = isPattern ? .regex(value) : .exact(value)
    }
    return found
  }
}

extension VirtualService.HTTPRedirect {
  /// Reads a redirect of an HTTPRoute. Without a port and a scheme, the port of the request remains.
  fileprivate init(httpRoute json: JSONObject) throws(FieldProblem) {
    var redirect = EnvoyRedirect()
    redirect.status = try json.number("statusCode", 0...999) ?? 302
    redirect.scheme = try json.string("scheme")
    redirect.host = try json.string("hostname")
    redirect.port = try json.number("port", 1...65535)
    if let path = try json.object("path") {
      if let full = try path.string("replaceFullPath") { redirect.path = .replaced(full) }
      if let prefix = try path.string("replacePrefixMatch") { redirect.path = .prefix(prefix) }
    }
    self.init(redirect, keepsPort: redirect.port == nil && redirect.scheme == nil)
  }
}
