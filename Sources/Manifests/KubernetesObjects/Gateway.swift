package import Intercept
import ManifestText

/// An Istio Gateway: ports on which the selected proxies listen.
package struct Gateway: Sendable {
  package let object: ObjectName
  package let selector: [String: String]
  package let servers: [GatewayServer]
  package let creationTime: String
  /// The Gateway of the Gateway API that Istio makes it of, or the Services of an annotation; nil for a selector of pods.
  package let origin: Origin?

  /// A Gateway of the Gateway API, whose Services choose the pods.
  package struct Origin: Sendable {
    package let object: ObjectName
    /// The host names of the Services.
    package let services: [String]

    package init(_ object: ObjectName, services: [String]) {
      self.object = object
      self.services = services
    }
  }

  /// Creates the Gateway that Istio makes of a listener of the Gateway API.
  package init(_ object: ObjectName, server: GatewayServer, creationTime: String, origin: Origin) {
    self.object = object
    selector = [:]
    servers = [server]
    self.creationTime = creationTime
    self.origin = origin
  }

  /// Creates the Gateway that Istio makes of an Ingress.
  package init(_ object: ObjectName, selector: [String: String], servers: [GatewayServer]) {
    self.object = object
    self.selector = selector
    self.servers = servers
    creationTime = ""
    origin = nil
  }

  init(_ json: JSONObject, object: ObjectName, metadata: ObjectMeta) throws(FieldProblem) {
    self.object = object
    creationTime = metadata.creationTime
    origin = metadata.annotations[IstioAnnotation.gatewayServices].map { services in
      Origin(object, services: services.split(separator: ",").map(String.init))
    }
    let spec = try json.object("spec")
    selector = try spec?.texts("selector") ?? [:]
    let servers = try spec?.objects("servers").map(GatewayServer.init)
    self.servers = (servers ?? []).compactMap(\.self)
  }
}

/// One server of a Gateway.
package struct GatewayServer: Sendable {
  package let number: Port
  package let portName: String
  package let protocolName: String
  /// The address of the listener; empty for all.
  package let bind: String
  /// Host names and patterns, with a namespace before a slash, which limits the VirtualServices.
  package let hosts: [String]
  /// The mode of TLS; nil without TLS.
  package let tlsMode: String?
  /// True if plain-text requests are redirected to HTTPS.
  package let redirectsToHTTPS: Bool

  /// Creates the server of a listener of the Gateway API.
  ///
  /// - Parameter hosts: host names with a namespace before a slash.
  package init(_ listener: KubernetesListener, hosts: [String]) {
    self.init(
      listener.port, "default", listener.protocolName, hosts: hosts, tlsMode: listener.tlsMode)
  }

  /// Creates a server on all addresses.
  package init(
    _ number: Port, _ portName: String, _ protocolName: String, hosts: [String], tlsMode: String? = nil
  ) {
    self.number = number
    self.portName = portName
    self.protocolName = protocolName
    bind = ""
    self.hosts = hosts
    self.tlsMode = tlsMode
    redirectsToHTTPS = false
  }

  /// - Returns: nil for a server without a port, which Istio ignores.
  init?(_ json: JSONObject) throws(FieldProblem) {
    guard let port = try json.object("port"), port.has("number") else { return nil }
    number = try port.requiredPort("number")
    portName = try port.string("name") ?? ""
    protocolName = try port.string("protocol") ?? ""
    bind = try json.string("bind") ?? ""
    hosts = try json.strings("hosts")
    let tls = try json.object("tls")
    tlsMode = try tls.map { tls throws(FieldProblem) in try tls.scalarText("mode") ?? "PASSTHROUGH" }
    redirectsToHTTPS = try tls?.bool("httpsRedirect") ?? false
  }

  /// True if TCP routes apply: to plain TCP, and to TLS that the gateway terminates.
  package var acceptsTCPRoutes: Bool {
    switch protocolName.uppercased() {
    case "HTTP", "HTTP2", "HTTPS", "GRPC", "GRPC-WEB": false
    case "TLS": tlsMode != nil && tlsMode?.hasSuffix("PASSTHROUGH") == false
    default: true
    }
  }
}

/// A gateway that a VirtualService names.
package enum GatewayReference: Hashable, Sendable {
  /// All sidecars.
  case mesh
  /// A Gateway by namespace and name: `app/gw`.
  case gateway(String)

  /// Reads `mesh`, `namespace/name`, `./name`, or a name in the VirtualService's namespace. The older form
  /// `name.namespace`, with or without `.svc.cluster.local`, is accepted as well.
  init(_ text: String, in namespace: String) {
    self = text == "mesh" ? .mesh : .gateway(Self.path(text, namespace))
  }

  private static func path(_ text: String, _ namespace: String) -> String {
    guard !text.contains("/") else { return text.hasPrefix("./") ? namespace + text.dropFirst() : text }
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count > 1 ? "\(parts[1])/\(parts[0])" : "\(namespace)/\(text)"
  }

  /// The Gateway's namespace and name; nil for sidecars.
  package var path: String? {
    switch self {
    case .mesh: nil
    case .gateway(let path): path
    }
  }
}
