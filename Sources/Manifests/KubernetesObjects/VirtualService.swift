package import Intercept
import ManifestText

/// An Istio VirtualService.
package struct VirtualService: Sendable {
  /// A destination of a route.
  package struct Destination: Sendable {
    /// The path of the field, for messages: `spec.tcp[0].route[0].destination`.
    package let field: String
    package let host: String
    package let port: Port?
    /// The subset of a DestinationRule; empty for none.
    package let subset: String
  }

  /// A condition of a TCP route. The corresponding Istio type is `L4MatchAttributes`.
  package struct L4Match: Sendable {
    /// The path of the field, for messages.
    package let field: String
    package let port: Port?
    /// The gateways that the match is limited to; empty for all of the VirtualService's.
    package let gateways: [GatewayReference]
    /// True if the match also tests addresses or the client.
    package let hasOtherConditions: Bool
  }

  /// A TCP route.
  package struct TCPRoute: Sendable {
    package let matches: [L4Match]
    package let destinations: [Destination]
  }

  package let object: ObjectName
  package let hosts: [String]
  /// Empty for all sidecars.
  package let gateways: [GatewayReference]
  package let exportTo: [String]
  package let tcp: [TCPRoute]
  /// The destinations of all routes: HTTP, TLS and TCP.
  package let destinations: [Destination]

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    let spec = try json.object("spec")
    hosts = try spec?.strings("hosts") ?? []
    gateways = try spec?.strings("gateways").map { GatewayReference($0, in: object.namespace) } ?? []
    exportTo = try spec?.strings("exportTo") ?? []
    tcp =
      try spec?.objects("tcp").map { route throws(FieldProblem) in
        TCPRoute(
          matches: try route.objects("match").map { match throws(FieldProblem) in
            try L4Match(match, in: json, of: object.namespace)
          },
          destinations: try Destination.all(of: route, in: json))
      } ?? []
    var destinations: [Destination] = []
    for field in ["http", "tls", "tcp"] {
      for route in try spec?.objects(field) ?? [] {
        destinations += try Destination.all(of: route, in: json)
      }
    }
    self.destinations = destinations
  }
}

extension VirtualService.L4Match {
  init(_ json: JSONObject, in root: JSONObject, of namespace: String) throws(FieldProblem) {
    field = json.path.from(root.path)
    port = try json.port("port")
    gateways = try json.strings("gateways").map { GatewayReference($0, in: namespace) }
    hasOtherConditions = ["destinationSubnets", "sourceLabels", "sourceNamespace", "sourceSubnet"].contains {
      json.has($0)
    }
  }
}

extension VirtualService.Destination {
  /// Returns the destinations of a route, mirrors included.
  static func all(of route: JSONObject, in root: JSONObject) throws(FieldProblem) -> [Self] {
    var nodes: [JSONObject] = []
    for target in try route.objects("route") {
      nodes += try [target.object("destination")].compactMap(\.self)
    }
    nodes += try [route.object("mirror")].compactMap(\.self)
    for mirror in try route.objects("mirrors") {
      nodes += try [mirror.object("destination")].compactMap(\.self)
    }
    var destinations: [Self] = []
    for node in nodes {
      guard let host = try node.string("host") else { continue }
      let port = try node.object("port")?.port("number")
      let subset = try node.string("subset") ?? ""
      destinations.append(Self(field: node.path.from(root.path), host: host, port: port, subset: subset))
    }
    return destinations
  }
}
