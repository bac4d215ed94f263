import Intercept
import Manifests
import TestSupport
import Testing

/// The listener of a connection, determined from manifests.
struct ListenersTests {
  private func list(_ name: String) throws -> ObjectList {
    try ObjectList(Repository.text("golden/manifests/\(name).json"))
  }

  private func route(
    _ list: ObjectList, _ pod: String, _ to: String, port: Intercept.Port = 15001,
    release: IstioRelease? = nil,
    values: String = "{}", firstBytes: EnvoyFirstBytes? = nil, rules: Configuration = Configuration()
  ) throws -> EnvoyRoute {
    let mesh = try MeshValues(values)
    let options = try list.podOptions(named: pod, in: mesh)
    let listeners = ProxyListeners(list, for: options, values: mesh, release: release, rules: rules)
    let end = try #require(Endpoint(to))
    return listeners.configuration.route(EnvoyConnection(port: port, original: end, firstBytes: firstBytes))
  }

  private let manager = "manager-7948dffbdd-p44xx"

  /// Hazelcast's pods, without and with an ExternalName Service of another namespace.
  @Test(arguments: [
    ("hazelcast", "10.12.1.6:5701", "virtualOutbound", "PassthroughCluster"),
    ("hazelcast", "10.0.23.154:5701", "10.0.23.154_5701", "outbound|5701||manager.manager.svc.cluster.local"),
    ("hazelcast", "10.0.18.143:5701", "10.0.18.143_5701", "outbound|5701||app.app.svc.cluster.local"),
    (
      "hazelcast-external-name", "10.12.1.6:5701", "0.0.0.0_5701",
      "outbound|5701||app-ext.app.svc.cluster.local"
    ),
    (
      "hazelcast-external-name", "10.0.23.154:5701", "10.0.23.154_5701",
      "outbound|5701||manager.manager.svc.cluster.local"
    ),
    ("hazelcast-external-name-without-port", "10.12.1.6:5701", "virtualOutbound", "PassthroughCluster"),
    ("hazelcast-external-name-private", "10.12.1.6:5701", "virtualOutbound", "PassthroughCluster"),
    ("hazelcast-external-name-sidecar", "10.12.1.6:5701", "virtualOutbound", "PassthroughCluster"),
  ])
  func hazelcastWithExternalName(_ manifest: String, _ to: String, _ listener: String, _ cluster: String)
    throws
  {
    let route = try route(list(manifest), manager, to)
    #expect(route.listener == listener && route.cluster == cluster, "\(route.why)")
  }

  @Test func theReasonNamesTheService() throws {
    let route = try route(list("hazelcast-external-name"), manager, "10.12.1.6:5701")
    #expect(route.why.contains("0.0.0.0_5701 is generated from Service app/app-ext"))
  }

  @Test func privateHostsAreVisibleInTheirNamespace() throws {
    let list = try list("hazelcast-external-name-private")
    #expect(try route(list, "app-5c5cf4d9b4-q7q7q", "10.12.1.6:5701").listener == "0.0.0.0_5701")
  }

  @Test func newerReleasesIgnoreExternalNames() throws {
    for (release, listener) in [(20, "0.0.0.0_5701"), (21, "virtualOutbound")] {
      let route = try route(
        list("hazelcast-external-name"), manager, "10.12.1.6:5701", release: IstioRelease(minor: release))
      #expect(route.listener == listener)
    }
  }

  @Test func inboundConnections() throws {
    let list = try list("hazelcast")
    #expect(try route(list, manager, "10.12.0.12:5701", port: 15006).cluster == "inbound|5701||")
    #expect(try route(list, manager, "10.12.0.12:22", port: 15006).cluster == "InboundPassthroughCluster")
  }

  @Test func registryOnlyClosesUnknownDestinations() throws {
    let values = #"{"meshConfig": {"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}}}"#
    #expect(
      try route(list("hazelcast"), manager, "10.12.1.6:5701", values: values).cluster == "BlackHoleCluster")
  }

  /// Routes a connection of a pod in namespace app with the label app=web.
  private func made(_ objects: String..., to: String, firstBytes: EnvoyFirstBytes? = nil) throws -> EnvoyRoute
  {
    let own = pod(labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.1.0.1"}]}"#)
    return try route(ObjectList(jsonList([own] + objects)), "web", to, firstBytes: firstBytes)
  }

  private func service(_ name: String, _ port: String, _ more: String = "") -> String {
    #"{"kind": "Service", "metadata": {"name": "\#(name)", "namespace": "app"}, "spec": {"ports": [\#(port)]\#(more)}}"#
  }

  private func entry(_ name: String, _ protocolName: String, _ more: String = "", created: String = "1")
    -> String
  {
    #"""
    {"kind": "ServiceEntry", "metadata": {"name": "\#(name)", "creationTimestamp": "\#(created)"}, "spec": {"hosts":
    ["\#(name).example"], "resolution": "DNS", "ports": [{"number": 443, "protocol": "\#(protocolName)"}]\#(more)}}
    """#
  }

  @Test func headlessServicesHaveAListenerForEachPod() throws {
    let peer = #"""
      {"kind": "Pod", "metadata": {"name": "peer", "namespace": "app", "labels": {"app": "hz"}}, "status": {"podIP":
      "10.1.0.2"}}
      """#
    let headless = service(
      "hz", #"{"name": "tcp-hz", "port": 5701}"#, #", "clusterIP": "None", "selector": {"app": "hz"}"#)
    #expect(
      try made(headless, peer, to: "10.1.0.2:5701").cluster == "outbound|5701||hz.app.svc.cluster.local")
    #expect(try made(headless, peer, to: "10.1.0.3:5701").cluster == "PassthroughCluster")
    let web = service(
      "web", #"{"name": "tcp-hz", "port": 5701}"#, #", "clusterIP": "None", "selector": {"app": "web"}"#)
    #expect(try made(web, to: "10.1.0.1:5701").listener == "virtualOutbound")
  }

  @Test func theOldestHostOwnsTheListener() throws {
    let (old, new) = (entry("old", "TCP"), entry("new", "TCP", created: "2"))
    #expect(try made(new, old, to: "9.9.9.9:443").cluster == "outbound|443||old.example")
  }

  @Test func tlsIsDistinguishedByServerName() throws {
    let (one, two) = (entry("one", "TLS"), entry("two", "TLS", created: "2"))
    let firstBytes = EnvoyFirstBytes(serverName: "two.example")
    #expect(
      try made(one, two, to: "9.9.9.9:443", firstBytes: firstBytes).cluster == "outbound|443||two.example")
    #expect(try made(one, two, to: "9.9.9.9:443").cluster == "PassthroughCluster")
  }

  @Test func blocksOfAddresses() throws {
    let block = entry("block", "TCP", #", "addresses": ["9.9.0.0/16"]"#)
    #expect(try made(block, to: "9.9.9.9:443").cluster == "outbound|443||block.example")
    #expect(try made(block, to: "9.8.9.9:443").cluster == "PassthroughCluster")
  }

  @Test func autoAllocatedAddressesNeedDNSCapture() throws {
    let entry = #"""
      {"kind": "ServiceEntry", "metadata": {"name": "s"}, "spec": {"hosts": ["a.example", "b.example"], "resolution": "DNS",
      "ports": [{"number": 443, "protocol": "TCP"}]}, "status": {"addresses": [{"value": "240.240.0.1", "host":
      "a.example"}, {"value": "240.240.0.2", "host": "b.example"}]}}
      """#
    let list = try ObjectList(pod(status: #"{"podIP": "10.1.0.1"}"#), entry)
    var rules = Configuration()
    #expect(try route(list, "web", "240.240.0.2:443", rules: rules).cluster == "outbound|443||a.example")
    rules.dns = .servers([])
    #expect(try route(list, "web", "240.240.0.2:443", rules: rules).cluster == "outbound|443||b.example")
    #expect(try route(list, "web", "9.9.9.9:443", rules: rules).cluster == "PassthroughCluster")
  }

  @Test func httpAndBareTCPShareAPort() throws {
    let http = service("a", #"{"name": "http", "port": 443}"#, #", "clusterIP": "10.2.0.1""#)
    let plain = EnvoyFirstBytes(applicationProtocols: ["http/1.1"])
    let route = try made(http, entry("db", "TCP"), to: "9.9.9.9:443", firstBytes: plain)
    #expect(route.listener == "0.0.0.0_443" && route.word == "routes:443")
    #expect(try made(http, entry("db", "TCP"), to: "9.9.9.9:443").cluster == "outbound|443||db.example")
    #expect(try made(http, to: "10.2.0.1:443").cluster == "PassthroughCluster")
  }

  @Test func unknownProtocolsAreTCPOrHTTP() throws {
    let web = service("a", #"{"name": "web", "port": 80}"#, #", "clusterIP": "10.2.0.1""#)
    #expect(try made(web, to: "10.2.0.1:80").cluster == "outbound|80||a.app.svc.cluster.local")
    let plain = EnvoyFirstBytes(applicationProtocols: ["h2c"])
    #expect(try made(web, to: "10.2.0.1:80", firstBytes: plain).word == "routes:a.app.svc.cluster.local:80")
  }

  @Test func virtualServicesChangeTheCluster() throws {
    func routes(_ more: String) -> String {
      #"""
      {"kind": "VirtualService", "metadata": {"name": "v", "namespace": "app"}, "spec": {"hosts": ["a"], "tcp": [{"match":
      [{"port": 1}], "route": [{"destination": {"host": "x"}}]}, {"route": [{"destination": {"host": "b", "subset": "v2",
      "port": {"number": 81}}}\#(more)]}]}}
      """#
    }
    let db = service("a", #"{"name": "tcp", "port": 80}"#, #", "clusterIP": "10.2.0.1""#)
    #expect(try made(db, routes(""), to: "10.2.0.1:80").cluster == "outbound|81|v2|b.app.svc.cluster.local")
    let two = try made(db, routes(#", {"destination": {"host": "c.example"}}"#), to: "10.2.0.1:80")
    #expect(two.word == "outbound|81|v2|b.app.svc.cluster.local,outbound|80||c.example")
  }

  @Test func pendingClusterIPsAreWarnings() throws {
    let list = try ObjectList(pod(), service("a", #"{"name": "tcp", "port": 80}"#))
    let options = try list.podOptions(named: nil, in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: nil, rules: Configuration())
    #expect(listeners.warnings == ["Service app/a has no clusterIP yet, so it has no listener"])
    #expect(listeners.configuration.listeners.map(\.name) == ["virtualOutbound", "virtualInbound"])
  }
}
