import Intercept
import Manifests
import Testing

/// Listeners as Istio makes them: addresses, conflicts, Sidecars, VirtualServices and endpoints.
struct ListenerCasesTests {
  static let web = pod(labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.12.0.1"}]}"#)

  /// Returns `listener cluster` of a connection of pod app/web, which has the label app=web.
  func route(
    _ objects: [String], to: String, name: String? = nil, http: Bool = false, port: Intercept.Port = 15001,
    release: Int = 30, values: String = "{}", pod: String = web
  ) throws -> String {
    let list = try ObjectList(jsonList([pod] + objects))
    let mesh = try MeshValues(values)
    let options = try list.podOptions(named: "web", in: mesh)
    let listeners = ProxyListeners(
      list, for: options, values: mesh, release: IstioRelease(minor: release), rules: Configuration())
    let bytes =
      name.map { EnvoyFirstBytes(serverName: $0) }
      ?? (http ? EnvoyFirstBytes(applicationProtocols: ["http/1.1"]) : nil)
    let end = try #require(Endpoint(to))
    let found = listeners.configuration.route(EnvoyConnection(port: port, original: end, firstBytes: bytes))
    return "\(found.listener ?? "none") \(found.cluster ?? found.word)"
  }

  var passthrough: String { "virtualOutbound PassthroughCluster" }
}

/// The addresses of a host, and conflicts between hosts.
extension ListenerCasesTests {
  @Test func everyAddressOfAServiceEntryHasAListener() throws {
    let both = entry("e", #""1.1.1.1", "20.0.0.0/8""#)
    #expect(try route([both], to: "1.1.1.1:5701") == "1.1.1.1_5701 outbound|5701||e.example")
    #expect(try route([both], to: "20.1.2.3:5701") == "0.0.0.0_5701 outbound|5701||e.example")
    #expect(try route([both], to: "21.1.2.3:5701") == "0.0.0.0_5701 PassthroughCluster")
    let old = entry("old", #""1.1.1.1""#, created: "1")
    let new = entry("new", #""1.1.1.1", "2.2.2.2""#, created: "2")
    #expect(try route([new, old], to: "1.1.1.1:5701") == "1.1.1.1_5701 outbound|5701||old.example")
    #expect(try route([new, old], to: "2.2.2.2:5701") == "2.2.2.2_5701 outbound|5701||new.example")
    let host = entry("h", #""3.3.3.3/32""#)
    #expect(try route([host], to: "3.3.3.3:5701") == "3.3.3.3_5701 outbound|5701||h.example")
  }

  /// Without a creation time, or with equal ones, hosts are ordered by host name, and Services by name.
  @Test func orderOfHosts() throws {
    let first = entry("z", host: "a.example")
    let second = entry("a", host: "z.example")
    #expect(try route([second, first], to: "9.9.9.9:5701") == "0.0.0.0_5701 outbound|5701||a.example")
    let newer = entry("z", created: "2020-01-02T00:00:00Z", host: "a.example")
    let older = entry("a", created: "2020-01-01T00:00:00Z", host: "z.example")
    #expect(try route([newer, older], to: "9.9.9.9:5701") == "0.0.0.0_5701 outbound|5701||z.example")
  }

  @Test(arguments: [
    ("MySQL", "TCP", true), ("Mongo", "TCP", true), ("TCP", "MySQL", true), ("Mongo", "MySQL", true),
    ("MySQL", "HTTP", true), ("HTTP", "MySQL", true), ("TCP", "Redis", false), ("MySQL", "MySQL", false),
    ("TCP", "HTTP", false),
  ])
  func serverFirstProtocolsShareNoPort(_ first: String, _ second: String, _ isAlone: Bool) throws {
    let objects = [
      entry("a", #""20.0.0.0/8""#, first, created: "1"), entry("b", #""30.0.0.0/8""#, second, created: "2"),
    ]
    let isHTTP = second == "HTTP"
    let found = try route(objects, to: "30.0.0.1:5701", http: isHTTP)
    let shared = isHTTP ? "0.0.0.0_5701 routes:5701" : "0.0.0.0_5701 outbound|5701||b.example"
    #expect(found == (isAlone ? "0.0.0.0_5701 PassthroughCluster" : shared))
    #expect(try route(objects, to: "20.0.0.1:5701").hasPrefix("0.0.0.0_5701"))
  }

  @Test(arguments: [
    (15001, "HTTP", false), (15006, "HTTP", false), (15021, "HTTP", false), (15090, "HTTP2", false),
    (15020, "HTTP", true), (8080, "HTTP", true), (15021, "TCP", true),
  ])
  func portsOfTheProxy(_ number: Int, _ protocolName: String, _ hasListener: Bool) throws {
    let found = try route([entry("e", port: number, protocolName)], to: "9.9.9.9:\(number)", http: true)
    #expect(found.hasPrefix("0.0.0.0_\(number)") == hasListener, "\(found)")
  }
}

/// Inbound listeners.
extension ListenerCasesTests {
  @Test func inboundPorts() throws {
    let named = service(
      "s", "10.96.0.1", port(80, "http", #", "targetPort": 8080"#) + "," + port(15021),
      more: #", "selector": {"app": "web"}"#)
    #expect(try route([named], to: "10.12.0.1:8080", port: 15006) == "virtualInbound inbound|8080||")
    #expect(try route([named], to: "10.12.0.1:80", port: 15006) == "virtualInbound InboundPassthroughCluster")
    #expect(
      try route([named], to: "10.12.0.1:15021", port: 15006) == "virtualInbound InboundPassthroughCluster")
    #expect(try route([named], to: "10.12.0.1:15006", port: 15006) == "virtualInbound BlackHoleCluster")
    let selected = entry(
      "e", port: 90, more: #", "workloadSelector": {"labels": {"app": "web"}}"#)
    #expect(try route([selected], to: "10.12.0.1:90", port: 15006) == "virtualInbound inbound|90||")
    let sctp = service(
      "s", "10.96.0.1", port(99, "x", #", "protocol": "SCTP""#), more: #", "selector": {"app": "web"}"#)
    #expect(try route([sctp], to: "10.12.0.1:99", port: 15006) == "virtualInbound inbound|99||")
  }

  @Test func ingressOfASidecar() throws {
    let service = service("s", "10.96.0.1", port(80), more: #", "selector": {"app": "web"}"#)
    let sidecar = sidecar(
      #""ingress": [{"port": {"number": 9080, "protocol": "HTTP"}, "defaultEndpoint": "127.0.0.1:1"}]"#)
    #expect(
      try route([service, sidecar], to: "10.12.0.1:9080", port: 15006) == "virtualInbound inbound|9080||")
    #expect(
      try route([service, sidecar], to: "10.12.0.1:80", port: 15006)
        == "virtualInbound InboundPassthroughCluster")
  }

  /// The mesh's HTTP proxy, as in Istio's `TestHttpProxyListener`.
  @Test(arguments: [("15007", true), ("0", false)])
  func httpProxyOfTheMesh(_ number: String, _ hasListener: Bool) throws {
    let values = #"{"meshConfig": {"proxyHttpPort": \#(number)}}"#
    let sample = ListenerCase(
      "HTTP proxy", [], "127.0.0.1:15007", .http("x.example"), "127.0.0.1_15007 routes:http_proxy",
      values: values, port: 15007)
    #expect((try sample.route() == sample.expected) == hasListener)
  }
}
