import Intercept
import ManifestText

/// An Ingress of Kubernetes, which Istio's ingress gateway may implement.
package struct Ingress: Sendable {
  /// The routes of one host.
  package struct Rule: Sendable {
    /// `*` for every host.
    package let host: String
    package let paths: [Path]
  }

  /// A path and the Service that it leads to.
  package struct Path: Sendable {
    /// Nil for every path.
    package let match: VirtualService.TextMatch?
    package let service: String
    package let port: IntOrString
  }

  package let object: ObjectName
  package let creationTime: String
  /// The class in the older annotation; nil without it.
  package let annotatedClass: String?
  /// The name of its IngressClass; nil for none.
  package let className: String?
  /// The hosts of each certificate.
  package let secureHosts: [[String]]
  package let rules: [Rule]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    annotatedClass = try json.object("metadata")?.object("annotations")?.string("kubernetes.io/ingress.class")
    let spec = try json.object("spec")
    className = try spec?.string("ingressClassName")
    var secureHosts: [[String]] = []
    for tls in try spec?.objects("tls") ?? [] where try tls.string("secretName")?.isEmpty == false {
      let hosts = try tls.strings("hosts")
      secureHosts.append(hosts.isEmpty ? ["*"] : hosts)
    }
    self.secureHosts = secureHosts
    var rules: [Rule] = []
    for rule in try spec?.objects("rules") ?? [] where rule.has("http") {
      let host = try rule.string("host") ?? ""
      let paths = try rule.object("http")?.objects("paths").map(Path.init) ?? []
      rules.append(Rule(host: host.isEmpty ? "*" : host, paths: paths.compactMap(\.self)))
    }
    self.rules = rules
  }
}

extension Ingress.Path {
  /// - Returns: nil without a Service.
  fileprivate init?(_ json: JSONObject) throws(FieldProblem) {
    guard let backend = try json.object("backend") else { return nil }
    if let target = try backend.object("service"), let port = try target.object("port") {
      service = try target.string("name") ?? ""
      let name = try port.string("name") ?? ""
      self.port = try port.port("number").map { .number($0) } ?? .name(name)
    } else if let name = try backend.string("serviceName"), let port = try backend.intOrString("servicePort")
    {
      // The form of networking.k8s.io/v1beta1.
      (service, self.port) = (name, port)
    } else {
      return nil
    }
    let path = try json.string("path") ?? ""
    switch try json.string("pathType") {
    case "Exact": match = .exact(path)
    case "Prefix": match = .prefix(path)
    default: match = Self.match(path)
    }
  }

  /// Returns the condition of a path that may end with a wildcard.
  ///
  /// The corresponding Istio function is `createFallbackStringMatch`.
  private static func match(_ path: String) -> VirtualService.TextMatch? {
    if ["", "*", "/*", ".*"].contains(path) { return nil }
    let isWildcard = path.hasSuffix(".*") || path.hasSuffix("/*")
    return isWildcard ? .prefix(String(path.dropLast(2))) : .exact(path)
  }
}
