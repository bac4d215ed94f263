import Intercept
import Manifests
import Testing

/// GRPCRoutes, TCPRoutes, TLSRoutes and ListenerSets of the Gateway API, at Gateways and in sidecars.
struct GatewayAPIKindsTests {
  private static let db = "outbound|5701||db.app.svc.cluster.local"
  private static let sec = "outbound|443||sec.app.svc.cluster.local"
  private static let shop = "outbound|80||shop.app.svc.cluster.local"
  private static let new = "outbound|9000||new.app.svc.cluster.local"
  private static let passthrough = #", "tls": {"mode": "Passthrough"}"#
  private static let terminate = #", "tls": {"mode": "Terminate", "certificateRefs": [{"name": "c"}]}"#

  private static func parent(_ service: String, _ more: String = "") -> String {
    #"{"group": "", "kind": "Service", "name": "\#(service)"\#(more)}"#
  }

  /// A match of a GRPCRoute, a path, and whether it holds.
  @Test(arguments: [
    ("", "/any", true), (#""method": {"service": "s.A"}"#, "/s.A/m", true),
    (#""method": {"service": "s.A"}"#, "/s.AB/m", false),
    (#""method": {"service": "s.A", "method": "m"}"#, "/s.A/m", true),
    (#""method": {"service": "s.A", "method": "m"}"#, "/s.A/mm", false),
    (#""method": {"method": "m"}"#, "/s.A/m", true), (#""method": {"method": "m"}"#, "/s.A/n", false),
    (#""method": {"type": "RegularExpression", "service": "s\\.[AB]"}"#, "/s.B/n", true),
    (#""method": {"type": "RegularExpression", "service": "s", "method": "m+"}"#, "/s/mm", true),
    (#""headers": [{"name": "user", "value": "x"}]"#, "/s.A/m", false),
  ])
  func methodsOfGRPC(_ match: String, _ path: String, _ holds: Bool) throws {
    let route = kubernetesRoute("GRPCRoute", rule(to: "shop", 80, match))
    let mesh = GatewayAPIMesh(objects: [kubernetesGateway(kubernetesListener("http", 80)), route])
    #expect(
      try mesh.gatewayAnswer(80, .http("a.example"), path: path) == (holds ? Self.shop : "NR 404"))
  }

  @Test func gRPCInTheMesh() throws {
    let match = #""method": {"service": "s"}"#
    let route = kubernetesRoute("GRPCRoute", rule(to: "new", 9000, match), parent: Self.parent("shop"))
    let mesh = GatewayAPIMesh(objects: [route])
    #expect(try mesh.sidecarAnswer("10.96.0.30:80", .http("shop"), path: "/s/m") == Self.new)
    #expect(try mesh.sidecarAnswer("10.96.0.30:80", .http("shop"), path: "/t/m") == "NR 404")
  }

  /// HTTPRoutes and GRPCRoutes of one host are merged, but not in Istio 1.26 to 1.29.
  @Test(arguments: [(25, true), (26, false), (29, false), (30, true)])
  func routesOfOneHost(_ release: Int, _ merges: Bool) throws {
    let grpc = kubernetesRoute(
      "GRPCRoute", rule(to: "new", 9000, #""method": {"service": "s"}"#), hosts: #"["a.example"]"#)
    let http = kubernetesRoute(
      "HTTPRoute", rule(to: "shop", 80, #""path": {"value": "/h"}"#), hosts: #"["a.example"]"#, name: "h")
    let mesh = GatewayAPIMesh(
      objects: [kubernetesGateway(kubernetesListener("http", 80)), grpc, http], release: release)
    #expect(try mesh.gatewayAnswer(80, .http("a.example"), path: "/h") == Self.shop)
    #expect(
      try mesh.gatewayAnswer(80, .http("a.example"), path: "/s/m") == (merges ? Self.new : "NR 404"))
  }

  /// A kind, a release, whether alpha APIs are enabled, and whether Istio reads the kind.
  @Test(arguments: [
    ("GRPCRoute", 19, true, false), ("GRPCRoute", 20, false, false), ("GRPCRoute", 21, true, true),
    ("GRPCRoute", 22, false, true), ("TCPRoute", 17, false, true), ("TCPRoute", 18, false, false),
    ("TCPRoute", 30, false, false), ("TCPRoute", 30, true, true), ("TCPRoute", 31, false, true),
    ("TLSRoute", 17, false, true), ("TLSRoute", 29, false, false), ("TLSRoute", 29, true, true),
    ("TLSRoute", 30, false, true), ("UDPRoute", 31, true, false), ("ListenerSet", 29, true, false),
    ("ListenerSet", 30, false, true), ("XListenerSet", 26, true, false), ("XListenerSet", 27, true, true),
    ("XListenerSet", 28, false, false), ("XListenerSet", 30, true, false), ("HTTPRoute", 14, false, true),
  ])
  func kindsThatAReleaseReads(_ kind: String, _ release: Int, _ alpha: Bool, _ isRead: Bool) throws {
    let object = #"{"kind": "\#(kind)", "apiVersion": "gateway.networking.k8s.io/v1", "spec": {}}"#
    let known = kind.hasSuffix("Set") ? #"{"kind": "\#(kind)", "apiVersion": "x/v1"}"# : object
    let mesh = GatewayAPIMesh(objects: [known], release: release, readsAlphaAPIs: alpha)
    let warning = try mesh.warnings().first ?? ""
    #expect(warning.hasPrefix("\(kind)s in the list have no effect: Istio 1.\(release)") == !isRead)
  }

  /// Releases and settings with which a TCP listener has the route.
  @Test(arguments: [
    (17, false, true), (24, false, false), (30, false, false), (30, true, true), (31, false, true),
  ])
  func tcpRoutes(_ release: Int, _ alpha: Bool, _ isRead: Bool) throws {
    let route = kubernetesRoute("TCPRoute", rule(to: "db", 5701))
    let mesh = GatewayAPIMesh(
      objects: [kubernetesGateway(kubernetesListener("tcp", 7000, "TCP")), route], release: release,
      readsAlphaAPIs: alpha)
    #expect(try mesh.gatewayAnswer(7000, .tcp) == (isRead ? Self.db : "none"))
  }

  /// A parent, destinations, and the answer of a TCP listener on port 7000.
  @Test(arguments: [
    (#"{"name": "gw", "port": 7000}"#, rule(to: "db", 5701), db),
    (#"{"name": "gw", "port": 7001}"#, rule(to: "db", 5701), "none"),
    (#"{"name": "gw", "sectionName": "tcp"}"#, rule(to: "db", 5701), db),
    (#"{"name": "gw", "sectionName": "x"}"#, rule(to: "db", 5701), "none"),
    (#"{"name": "gw"}"#, "{}", "outbound|65535|zero-weight|internal.cluster.local"),
    (#"{"name": "gw"}"#, rule(to: "db", 5701, more: #", "namespace": "other""#), "UnknownService"),
    (#"{"name": "gw"}"#, #"{"backendRefs": [{"name": "db"}]}"#, "none"),
  ])
  func parentsOfTCPRoutes(_ parent: String, _ rules: String, _ expected: String) throws {
    let route = kubernetesRoute("TCPRoute", rules, parent: parent)
    let mesh = GatewayAPIMesh(objects: [kubernetesGateway(kubernetesListener("tcp", 7000, "TCP")), route])
    #expect(try mesh.gatewayAnswer(7000, .tcp) == expected)
  }

  /// A Service as the parent, from Istio 1.19 on.
  @Test(arguments: [
    (31, "", true), (31, #", "port": 5701"#, true), (31, #", "port": 80"#, false), (17, "", false),
  ])
  func tcpRoutesInTheMesh(_ release: Int, _ port: String, _ applies: Bool) throws {
    let route = kubernetesRoute("TCPRoute", rule(to: "shop", 80), parent: Self.parent("db", port))
    let mesh = GatewayAPIMesh(objects: [route], release: release)
    #expect(try mesh.sidecarAnswer("10.96.0.20:5701", .tcp) == (applies ? Self.shop : Self.db))
  }

  /// Hosts of a TLSRoute, the host of the listener, a server name, and whether the route applies.
  @Test(arguments: [
    ("[]", "", "a.example", true), (#"["a.example"]"#, "", "a.example", true),
    (#"["a.example"]"#, "", "b.example", false), (#"["*.example"]"#, "", "b.example", true),
    (#"["*.example"]"#, #", "hostname": "a.example""#, "a.example", true),
    (#"["*.example"]"#, #", "hostname": "a.example""#, "b.example", false),
    (#"["a.other"]"#, #", "hostname": "a.example""#, "a.other", false),
    ("[]", #", "hostname": "*.example""#, "a.example", true),
    ("[]", #", "hostname": "*.example""#, "a.x", false),
  ])
  func tlsPassthrough(_ hosts: String, _ own: String, _ name: String, _ applies: Bool) throws {
    let route = kubernetesRoute("TLSRoute", rule(to: "sec", 443), hosts: hosts)
    let listener = kubernetesListener("tls", 443, "TLS", Self.passthrough + own)
    let answer = try GatewayAPIMesh(objects: [kubernetesGateway(listener), route])
      .gatewayAnswer(443, .tls(name))
    #expect((answer == Self.sec) == applies)
  }

  /// Up to Istio 1.26 the hosts of a route are not limited to that of the listener.
  @Test(arguments: [(26, true), (27, false)])
  func hostsOfTLSRoutes(_ release: Int, _ applies: Bool) throws {
    let route = kubernetesRoute("TLSRoute", rule(to: "sec", 443), hosts: #"["*.example"]"#)
    let listener = kubernetesListener("tls", 443, "TLS", Self.passthrough + #", "hostname": "a.example""#)
    let mesh = GatewayAPIMesh(
      objects: [kubernetesGateway(listener), route], release: release, readsAlphaAPIs: true)
    #expect((try mesh.gatewayAnswer(443, .tls("b.example")) == Self.sec) == applies)
  }

  /// Terminated TLS takes TCPRoutes, and from Istio 1.30 on TLSRoutes.
  @Test(arguments: [("TCPRoute", 29, true), ("TLSRoute", 29, false), ("TLSRoute", 30, true)])
  func terminatedTLS(_ kind: String, _ release: Int, _ applies: Bool) throws {
    let route = kubernetesRoute(kind, rule(to: "db", 5701))
    let listener = kubernetesListener("tls", 443, "TLS", Self.terminate)
    let mesh = GatewayAPIMesh(
      objects: [kubernetesGateway(listener), route], release: release, readsAlphaAPIs: true)
    #expect(try mesh.gatewayAnswer(443, .tls("a.example")) == (applies ? Self.db : "none"))
  }

  /// Hosts of a TLSRoute of a Service, a server name, and whether the route applies.
  @Test(arguments: [
    ("[]", "sec.app.svc.cluster.local", true), ("[]", "a.example", false),
    (#"["a.example"]"#, "a.example", true),
    (#"["a.example", "sec.app.svc.cluster.local"]"#, "a.example", false),
    (#"["a.example", "*.cluster.local"]"#, "sec.app.svc.cluster.local", true),
  ])
  func tlsRoutesInTheMesh(_ hosts: String, _ name: String, _ applies: Bool) throws {
    let route = kubernetesRoute(
      "TLSRoute", rule(to: "db", 5701), parent: Self.parent("sec"), hosts: hosts)
    let mesh = GatewayAPIMesh(objects: [route])
    #expect(
      try mesh.sidecarAnswer("10.96.0.21:443", .tls(name)) == (applies ? Self.db : "PassthroughCluster"))
  }
}

/// Listeners that ListenerSets add to a Gateway.
extension GatewayAPIKindsTests {
  private static func listenerSet(_ listener: String, namespace: String = "app") -> String {
    #"""
    {"kind": "ListenerSet", "apiVersion": "gateway.networking.k8s.io/v1", "metadata": {"name": "set", "namespace":
    "\#(namespace)"}, "spec": {"parentRef": {"name": "gw", "namespace": "app"}, "listeners": [\#(listener)]}}
    """#
  }

  private static func gateway(_ allowed: String) -> String {
    kubernetesGateway(
      kubernetesListener("own", 81),
      spec: #""gatewayClassName": "istio", "allowedListeners": {"namespaces": \#(allowed)}"#)
  }

  /// The namespaces that a Gateway takes ListenerSets of, the namespace of one, and whether its route applies.
  @Test(arguments: [
    (#"{"from": "Same"}"#, "app", true), (#"{"from": "Same"}"#, "other", false),
    (#"{"from": "All"}"#, "other", true), (#"{"from": "None"}"#, "app", false), ("{}", "app", false),
    (#"{"from": "Selector", "selector": {"matchLabels": {"team": "x"}}}"#, "other", true),
    (#"{"from": "Selector", "selector": {"matchLabels": {"team": "y"}}}"#, "other", false),
  ])
  func namespacesOfListenerSets(_ allowed: String, _ namespace: String, _ applies: Bool) throws {
    let set = Self.listenerSet(kubernetesListener("http", 80), namespace: namespace)
    let service = namespace == "app" ? "shop" : "far"
    let route = kubernetesRoute(
      "HTTPRoute", rule(to: service, 80), parent: #"{"kind": "ListenerSet", "name": "set"}"#,
      namespace: namespace)
    let other = #"{"kind": "Namespace", "metadata": {"name": "other", "labels": {"team": "x"}}}"#
    let mesh = GatewayAPIMesh(objects: [Self.gateway(allowed), set, route, other])
    let expected = "outbound|80||\(service).\(namespace).svc.cluster.local"
    #expect(try mesh.gatewayAnswer(80, .http("a.example")) == (applies ? expected : "none"))
    #expect(try mesh.warnings() == [])
  }

  /// A route of the Gateway is none of its ListenerSets. HTTP has a default port.
  @Test func listenersOfSets() throws {
    let set = Self.listenerSet(#"{"name": "http", "protocol": "HTTP"}"#)
    let route = kubernetesRoute("HTTPRoute", rule(to: "shop", 80))
    let mesh = GatewayAPIMesh(objects: [Self.gateway(#"{"from": "Same"}"#), set, route])
    #expect(try mesh.gatewayAnswer(81, .http("a.example")) == Self.shop)
    #expect(try mesh.gatewayAnswer(80, .http("a.example")) == "NR 404")
  }
}
