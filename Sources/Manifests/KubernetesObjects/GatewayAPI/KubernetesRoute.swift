package import Intercept
package import ManifestText

/// A route of the Gateway API: an HTTPRoute, GRPCRoute, TCPRoute or TLSRoute.
package struct KubernetesRoute: Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case http = "HTTPRoute"
    case grpc = "GRPCRoute"
    case tcp = "TCPRoute"
    case tls = "TLSRoute"

    /// True for requests of HTTP, false for connections.
    package var isHTTP: Bool { self == .http || self == .grpc }
  }

  /// A Gateway or ListenerSet, or a listener of one, or a Service or ServiceEntry whose clients follow the route.
  package struct Parent: Hashable, Sendable {
    package let object: ObjectName
    /// The API group of the parent's kind.
    package let group: String
    /// The name of a listener; empty for all.
    package let section: String
    /// The port of listeners, or of the Service; nil for all.
    package let port: Port?
  }

  /// A destination of a rule.
  package struct Backend: Hashable, Sendable {
    package let object: ObjectName
    package let group: String
    package let port: Port?
    package let weight: Int64
    /// True if the manifest names a namespace.
    package let hasNamespace: Bool
  }

  /// A rule with one match.
  package struct Rule: Sendable {
    /// The match and the redirect, without destinations; empty for TCP and TLS.
    package let route: VirtualService.HTTPRoute
    package let backends: [Backend]
    /// A filter that Istio does not support; nil if it supports all.
    package let unsupportedFilter: String?
  }

  package let kind: Kind
  package let object: ObjectName
  package let creationTime: String
  package let parents: [Parent]
  /// Empty for every host.
  package let hostNames: [String]
  /// The rules in the manifest's order, once for each match.
  package let rules: [Rule]

  /// The hosts; `*` for every host.
  package var hosts: [String] { hostNames.isEmpty ? ["*"] : hostNames }

  init(_ json: JSONObject, _ kind: Kind, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.kind = kind
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    hostNames = kind == .tcp ? [] : try spec?.strings("hostnames") ?? []
    parents =
      try spec?.objects("parentRefs").map { parent throws(FieldProblem) in
        try Parent(parent, object.namespace)
      } ?? []
    var rules: [Rule] = []
    for (index, rule) in (try spec?.objects("rules") ?? []).enumerated() {
      let name = "\(object.namespace).\(object.name).\(index)"
      rules += try Rule.all(of: rule, kind, name: name, object.namespace)
    }
    self.rules = rules
  }
}

extension KubernetesRoute.Parent {
  /// Reads a reference to a parent, a Gateway unless another kind is given.
  ///
  /// - Parameter namespace: the namespace of the object that refers.
  package init(_ json: JSONObject, _ namespace: String) throws(FieldProblem) {
    object = ObjectName(
      kind: try json.string("kind") ?? "Gateway", namespace: try json.string("namespace") ?? namespace,
      name: try json.string("name") ?? "")
    group = try json.string("group") ?? "gateway.networking.k8s.io"
    section = try json.string("sectionName") ?? ""
    port = try json.port("port")
  }
}

extension KubernetesRoute.Backend {
  init(_ json: JSONObject, _ namespace: String) throws(FieldProblem) {
    let given = try json.string("namespace")
    object = ObjectName(
      kind: try json.string("kind") ?? "Service", namespace: given ?? namespace,
      name: try json.string("name") ?? "")
    group = try json.string("group") ?? ""
    port = try json.port("port")
    weight = try json.number("weight", 0...1_000_000) ?? 1
    hasNamespace = given != nil
  }
}
