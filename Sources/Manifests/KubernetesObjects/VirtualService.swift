package import Intercept
import ManifestText

/// An Istio VirtualService.
package struct VirtualService: Sendable {
  /// A destination of a route.
  package struct Destination: Sendable {
    /// The path of the field, for messages: `spec.tcp[0].route[0].destination`.
    package let field: String
    package var host: String
    package let port: Port?
    /// The subset of a DestinationRule; empty for none.
    package let subset: String

    /// - Parameters:
    ///   - host: empty for a destination that does not exist.
    ///   - port: nil for the host's only port, or the listener's.
    ///   - subset: empty for none.
    package init(host: String, port: Port?, subset: String = "") {
      field = ""
      self.host = host
      self.port = port
      self.subset = subset
    }
  }

  /// The weight and the destination of a route.
  package struct WeightedDestination: Sendable {
    package var destination: Destination
    package let weight: Int64

    package init(destination: Destination, weight: Int64) {
      self.destination = destination
      self.weight = weight
    }
  }

  /// A condition of a TCP or TLS route. The corresponding Istio types are `L4MatchAttributes` and
  /// `TLSMatchAttributes`.
  package struct L4Match: Sendable {
    /// The path of the field, for messages.
    package let field: String
    package let port: Port?
    /// The gateways that the match is limited to; empty for all of the VirtualService's.
    package let gateways: [GatewayReference]
    /// Server names; empty in TCP routes.
    package let serverNames: [String]
    /// Addresses and blocks of the destination.
    package let destinationSubnets: [CIDR]
    /// Labels of the client.
    package let sourceLabels: [String: String]
    /// The namespace of the client; empty for all.
    package let sourceNamespace: String

    /// A condition on the server name and the port.
    package init(serverNames: [String], port: Port?) {
      field = ""
      self.port = port
      gateways = []
      self.serverNames = serverNames
      destinationSubnets = []
      sourceLabels = [:]
      sourceNamespace = ""
    }
  }

  /// A TCP or TLS route.
  package struct L4Route: Sendable {
    package let matches: [L4Match]
    package let destinations: [WeightedDestination]

    package init(matches: [L4Match], destinations: [WeightedDestination]) {
      self.matches = matches
      self.destinations = destinations
    }
  }

  package let object: ObjectName
  package let hosts: [String]
  /// Empty for all sidecars.
  package let gateways: [GatewayReference]
  package let exportTo: [String]
  package let creationTime: String
  package var http: [HTTPRoute]
  package let tcp: [L4Route]
  package let tls: [L4Route]
  /// The destinations of all routes: HTTP, TLS and TCP.
  package let destinations: [Destination]
  /// True if Istio makes it of routes of the Gateway API: prefixes of paths end at a slash.
  package let followsGatewayAPI: Bool

  /// Creates the VirtualService that Istio makes of routes of the Gateway API.
  package init(
    _ object: ObjectName, host: String, gateway: GatewayReference, creationTime: String,
    http: [HTTPRoute] = [], tcp: [L4Route] = [], tls: [L4Route] = []
  ) {
    self.object = object
    hosts = [host]
    gateways = [gateway]
    exportTo = []
    self.creationTime = creationTime
    self.http = http
    self.tcp = tcp
    self.tls = tls
    destinations = (http.flatMap(\.destinations) + (tls + tcp).flatMap(\.destinations)).map(\.destination)
    followsGatewayAPI = true
  }

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    followsGatewayAPI = false
    let spec = try json.object("spec")
    hosts = try spec?.strings("hosts") ?? []
    gateways = try spec?.strings("gateways").map { GatewayReference($0, in: object.namespace) } ?? []
    exportTo = try spec?.strings("exportTo") ?? []
    creationTime = metadata.creationTime
    http = try HTTPRoute.all(of: json, object.namespace)
    tcp = try L4Route.all("tcp", of: json, object.namespace)
    tls = try L4Route.all("tls", of: json, object.namespace)
    var destinations: [Destination] = []
    for field in ["http", "tls", "tcp"] {
      for route in try spec?.objects(field) ?? [] {
        destinations += try Destination.all(of: route, in: json)
      }
    }
    self.destinations = destinations
  }
}

extension VirtualService.L4Route {
  static func all(_ field: String, of root: JSONObject, _ namespace: String) throws(FieldProblem) -> [Self] {
    try root.object("spec")?.objects(field).map { route throws(FieldProblem) in
      Self(
        matches: try route.objects("match").map { match throws(FieldProblem) in
          try VirtualService.L4Match(match, in: root, of: namespace)
        },
        destinations: try VirtualService.WeightedDestination.all(of: route, in: root))
    } ?? []
  }
}

extension VirtualService.WeightedDestination {
  static func all(of route: JSONObject, in root: JSONObject) throws(FieldProblem) -> [Self] {
    var found: [Self] = []
    for target in try route.objects("route") {
      guard let node = try target.object("destination"),
        let destination = try VirtualService.Destination(node, in: root)
      else { continue }
      let weight = try target.number("weight", 0...Int64(Int32.max)) ?? 0
      found.append(Self(destination: destination, weight: weight))
    }
    return found
  }
}

extension VirtualService.L4Match {
  init(_ json: JSONObject, in root: JSONObject, of namespace: String) throws(FieldProblem) {
    field = json.path.from(root.path)
    port = try json.port("port")
    gateways = try json.strings("gateways").map { GatewayReference($0, in: namespace) }
    serverNames = try json.strings("sniHosts")
    destinationSubnets = try json.strings("destinationSubnets").compactMap { text in
      CIDR(text) ?? IPAddress(text).flatMap { CIDR("\($0)/\($0.family == .ipv4 ? 32 : 128)") }
    }
    sourceLabels = try json.texts("sourceLabels")
    sourceNamespace = try json.string("sourceNamespace") ?? ""
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
      destinations += [try Self(node, in: root)].compactMap(\.self)
    }
    return destinations
  }

  /// - Returns: nil without a host.
  init?(_ node: JSONObject, in root: JSONObject) throws(FieldProblem) {
    guard let host = try node.string("host") else { return nil }
    self.host = host
    field = node.path.from(root.path)
    port = try node.object("port")?.port("number")
    subset = try node.string("subset") ?? ""
  }
}
