import Intercept
import Manifests
import Testing

/// Listeners that differ between Istio's releases.
struct ListenerReleasesTests {
  private static let dualStack = #"{"pilot": {"env": {"ISTIO_DUAL_STACK": "true"}}}"#
  private static let both = service(
    "db", "10.96.0.20", port(5701), more: #", "clusterIPs": ["10.96.0.20", "fd00::20"]"#)

  private static func web(_ addresses: String...) -> String {
    let list = addresses.map { #"{"ip": "\#($0)"}"# }.joined(separator: ", ")
    return pod(labels: #"{"app": "web"}"#, status: #"{"podIPs": [\#(list)]}"#)
  }

  private func route(
    _ objects: [String], _ to: String, release: Int, values: String = "{}", pod: String = ListenerCase.web,
    client: ListenerCase.Client = .tcp, port: Intercept.Port = 15001
  ) throws -> String {
    try ListenerCase(
      "", objects, to, client, "", release: release, values: values, pod: pod, port: port
    ).route()
  }

  /// A proxy with addresses of both families: a release, whether `ISTIO_DUAL_STACK` is set, and whether the second address of
  /// a Service has a listener.
  @Test(arguments: [
    (16, true, false), (17, false, false), (17, true, true), (23, false, false), (23, true, true),
    (24, false, true),
  ])
  func bothFamilies(_ release: Int, _ isDualStack: Bool, _ isBound: Bool) throws {
    let values = isDualStack ? Self.dualStack : "{}"
    let pod = Self.web("10.12.0.1", "fd00::1")
    let first = try route([Self.both], "10.96.0.20:5701", release: release, values: values, pod: pod)
    #expect(first == "10.96.0.20_5701 outbound|5701||db.app.svc.cluster.local")
    let second = try route([Self.both], "[fd00::20]:5701", release: release, values: values, pod: pod)
    #expect(second == (isBound ? first : "virtualOutbound PassthroughCluster"))
    let http = service("h", "10.96.0.30", port(80, "http"))
    let wildcard = try route([http], "[fd00::99]:80", release: release, values: values, pod: pod)
    #expect(wildcard == (isBound ? "0.0.0.0_80 PassthroughCluster" : "virtualOutbound PassthroughCluster"))
  }

  /// Up to Istio 1.22 the first address of a Service counts, also if the proxy has none of its family.
  @Test(arguments: [(22, "10.96.0.20:5701"), (23, "[fd00::20]:5701"), (31, "[fd00::20]:5701")])
  func oneFamily(_ release: Int, _ bound: String) throws {
    let pod = Self.web("fd00::1")
    for end in ["10.96.0.20:5701", "[fd00::20]:5701"] {
      let found = try route([Self.both], end, release: release, pod: pod)
      #expect(found.hasSuffix("outbound|5701||db.app.svc.cluster.local") == (end == bound))
    }
  }

  /// A port, a release, and whether outbound HTTP has a listener on the port of one of the proxy's own.
  @Test(arguments: [
    (15021, 17, true), (15021, 18, false), (15090, 18, false), (15020, 31, true),
  ])
  func reservedPorts(_ number: Int, _ release: Int, _ isBound: Bool) throws {
    let http = entry("e", port: number, "HTTP")
    let found = try route([http], "9.9.9.9:\(number)", release: release, client: .http("e.example"))
    #expect(
      found
        == (isBound
          ? "0.0.0.0_\(number) outbound|\(number)||e.example" : "virtualOutbound PassthroughCluster"))
  }

  /// A Service's port 15021 has inbound filter chains up to Istio 1.22.
  @Test(arguments: [(22, "inbound|15021||"), (23, "InboundPassthroughCluster")])
  func reservedInboundPorts(_ release: Int, _ cluster: String) throws {
    let own = service("s", "10.96.0.1", port(15021), more: #", "selector": {"app": "web"}"#)
    let found = try route([own], "10.12.0.1:15021", release: release, port: 15006)
    #expect(found == "virtualInbound \(cluster)")
  }

  /// Up to Istio 1.15 a Sidecar's egress port is on the wildcard address.
  @Test(arguments: [(15, "0.0.0.0_5701"), (16, "10.96.0.20_5701")])
  func portsOfSidecars(_ release: Int, _ listener: String) throws {
    let db = service("db", "10.96.0.20", port(5701))
    let limited = sidecar(#""egress": [{"port": {"number": 5701, "protocol": "TCP"}, "hosts": ["./*"]}]"#)
    let found = try route([db, limited], "10.96.0.20:5701", release: release)
    #expect(found == "\(listener) outbound|5701||db.app.svc.cluster.local")
  }

  /// From Istio 1.30 on, TLS to the address of a wildcard host with resolution DYNAMIC_DNS is matched by the server name.
  @Test(arguments: [(29, "a.other", true), (30, "a.other", false), (30, "a.example", true)])
  func namesOfWildcardHosts(_ release: Int, _ name: String, _ applies: Bool) throws {
    let wildcard = entry(
      "w", #""1.1.1.1""#, port: 443, "TLS", resolution: "DYNAMIC_DNS", host: "*.example")
    let found = try route([wildcard], "1.1.1.1:443", release: release, client: .tls(name))
    #expect(found == "1.1.1.1_443 " + (applies ? "outbound|443||*.example" : "PassthroughCluster"))
  }

  /// `ENABLE_EXTERNAL_NAME_ALIAS` decides about ExternalName Services in Istio 1.20 to 1.23.
  @Test(arguments: [
    (19, "true", true), (20, "true", false), (20, nil, true), (21, nil, false), (23, "false", true),
    (24, "false", false),
  ])
  func externalNames(_ release: Int, _ alias: String?, _ hasListener: Bool) throws {
    let name = ManifestsTests.alias("ext", of: "x.example", port(5701))
    let values = alias.map { #"{"pilot": {"env": {"ENABLE_EXTERNAL_NAME_ALIAS": "\#($0)"}}}"# } ?? "{}"
    let found = try route([name], "9.9.9.9:5701", release: release, values: values)
    #expect(
      found
        == (hasListener
          ? "0.0.0.0_5701 outbound|5701||ext.app.svc.cluster.local" : "virtualOutbound PassthroughCluster"))
  }

  /// Two ServiceEntries of one host have a port each.
  @Test(arguments: [80, 443])
  func portsOfOneHost(_ number: Int) throws {
    let entries = [80, 443].map { entry("e-\($0)", port: $0, resolution: "STATIC", host: "x.example") }
    let list = try ObjectList(jsonList([ListenerCase.web] + entries))
    let options = try list.podOptions(named: "web", in: MeshValues())
    let made = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31), rules: Configuration())
    #expect(made.resources.cluster("outbound|\(number)||x.example") != nil)
  }

  /// Two namespaces have one host: the older one, and that of the proxy. Up to Istio 1.21 both count.
  @Test(arguments: [(21, true, true), (22, true, false), (23, true, false), (24, false, true)])
  func hostsOfTwoNamespaces(_ release: Int, _ hasOlder: Bool, _ hasOwn: Bool) throws {
    let older = entry("a", #""1.1.1.1""#, namespace: "other", created: "1", host: "x.example")
    let own = entry("b", #""2.2.2.2""#, created: "2", host: "x.example")
    for (address, isBound) in [("1.1.1.1", hasOlder), ("2.2.2.2", hasOwn)] {
      let found = try route([older, own], "\(address):5701", release: release)
      #expect(found.hasPrefix("\(address)_5701") == isBound)
    }
  }
}
