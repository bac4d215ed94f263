import Intercept

/// A VirtualService of Istio's.
struct VirtualService: Sendable {
  /// A place that traffic is sent to.
  struct Destination: Sendable {
    /// The field that names it, for messages: `spec.tcp[0].route[0].destination`.
    let field: String
    let host: String
    let port: Port?
    /// The subset of a DestinationRule; empty for none.
    let subset: String
  }

  /// A condition of a TCP route.
  struct TCPMatch: Sendable {
    let field: String
    let port: Port?
    /// The gateways it is limited to; none means all of the VirtualService's.
    let gateways: [GatewayReference]
    /// Whether it looks at addresses or at the client as well.
    let isNarrow: Bool
  }

  /// A TCP route.
  struct TCPRoute: Sendable {
    let matches: [TCPMatch]
    let destinations: [Destination]
  }

  let object: ObjectName
  let hosts: [String]
  /// None means all sidecars.
  let gateways: [GatewayReference]
  let exportTo: [String]
  let tcp: [TCPRoute]
  /// Every destination there is, of TCP routes and others.
  let destinations: [Destination]

  init(_ node: JSONObject, object: ObjectName, metadata: Metadata) throws(FieldProblem) {
    self.object = object
    let spec = try node.object("spec")
    hosts = try spec?.strings("hosts") ?? []
    gateways = try spec?.strings("gateways").map { GatewayReference($0, in: object.namespace) } ?? []
    exportTo = try spec?.strings("exportTo") ?? []
    tcp =
      try spec?.objects("tcp").map { route throws(FieldProblem) in
        TCPRoute(
          matches: try route.objects("match").map { match throws(FieldProblem) in
            try TCPMatch(match, in: node, of: object.namespace)
          },
          destinations: try Destination.all(of: route, in: node))
      } ?? []
    var destinations: [Destination] = []
    for field in ["http", "tls", "tcp"] {
      for route in try spec?.objects(field) ?? [] {
        destinations += try Destination.all(of: route, in: node)
      }
    }
    self.destinations = destinations
  }
}

extension VirtualService.TCPMatch {
  init(_ node: JSONObject, in root: JSONObject, of namespace: String) throws(FieldProblem) {
    field = node.path.from(root.path)
    port = try node.port("port")
    gateways = try node.strings("gateways").map { GatewayReference($0, in: namespace) }
    isNarrow = ["destinationSubnets", "sourceLabels", "sourceNamespace", "sourceSubnet"].contains {
      node.has($0)
    }
  }
}

extension VirtualService.Destination {
  /// The destinations of a route, those that traffic is mirrored to included.
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
