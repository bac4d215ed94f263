import Intercept

/// A Gateway of Istio's: ports that the proxies it selects listen on.
struct Gateway: Sendable {
  let object: ObjectName
  let selector: [String: String]
  let servers: [GatewayServer]

  init(_ node: JSONObject, object: ObjectName) throws(FieldProblem) {
    self.object = object
    let spec = try node.object("spec")
    selector = try spec?.texts("selector") ?? [:]
    servers = try spec?.objects("servers").map(GatewayServer.init) ?? []
  }
}

/// One port of a Gateway's.
struct GatewayServer: Sendable {
  let number: Port
  let protocolName: String
  /// How TLS is treated; nil where there is none.
  let tlsMode: String?

  init(_ node: JSONObject) throws(FieldProblem) {
    guard let port = try node.object("port") else {
      throw FieldProblem(at: node.path.member("port"), "is missing")
    }
    number = try port.requiredPort("number")
    protocolName = try port.string("protocol") ?? ""
    tlsMode = try node.object("tls").map { tls throws(FieldProblem) in
      try tls.scalarText("mode") ?? "PASSTHROUGH"
    }
  }

  /// Whether TCP routes apply here: to bare TCP, and behind TLS that ends here.
  var takesTCPRoutes: Bool {
    switch protocolName.uppercased() {
    case "HTTP", "HTTP2", "HTTPS", "GRPC", "GRPC-WEB": false
    case "TLS": tlsMode != nil && tlsMode?.hasSuffix("PASSTHROUGH") == false
    default: true
    }
  }
}
