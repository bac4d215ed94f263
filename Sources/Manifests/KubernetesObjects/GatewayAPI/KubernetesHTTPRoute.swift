package import Intercept
import ManifestText

/// An HTTPRoute of the Gateway API.
package struct KubernetesHTTPRoute: Sendable {
  /// A Gateway or a listener of one, or a Service or ServiceEntry whose clients follow the route.
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
  }

  /// A rule with one match.
  package struct Rule: Sendable {
    /// The match and the redirect, without destinations.
    package let route: VirtualService.HTTPRoute
    package let backends: [Backend]
    /// A filter that Istio does not support; nil if it supports all.
    package let unsupportedFilter: String?
  }

  package let object: ObjectName
  package let creationTime: String
  package let parents: [Parent]
  /// Empty for every host.
  package let hostNames: [String]
  /// The rules in the manifest's order, once for each match.
  package let rules: [Rule]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    let spec = try json.object("spec")
    hostNames = try spec?.strings("hostnames") ?? []
    parents =
      try spec?.objects("parentRefs").map { parent throws(FieldProblem) in
        try Parent(parent, object.namespace)
      } ?? []
    var rules: [Rule] = []
    for (index, rule) in (try spec?.objects("rules") ?? []).enumerated() {
      rules += try Rule.all(of: rule, name: "\(object.namespace).\(object.name).\(index)", object.namespace)
    }
    self.rules = rules
  }
}

extension KubernetesHTTPRoute.Parent {
  fileprivate init(_ json: JSONObject, _ namespace: String) throws(FieldProblem) {
    object = ObjectName(
      kind: try json.string("kind") ?? "Gateway", namespace: try json.string("namespace") ?? namespace,
      name: try json.string("name") ?? "")
    group = try json.string("group") ?? "gateway.networking.k8s.io"
    section = try json.string("sectionName") ?? ""
    port = try json.port("port")
  }
}

extension KubernetesHTTPRoute.Backend {
  init(_ json: JSONObject, _ namespace: String) throws(FieldProblem) {
    object = ObjectName(
      kind: try json.string("kind") ?? "Service", namespace: try json.string("namespace") ?? namespace,
      name: try json.string("name") ?? "")
    group = try json.string("group") ?? ""
    port = try json.port("port")
    weight = try json.number("weight", 0...1_000_000) ?? 1
  }
}
