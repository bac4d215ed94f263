import Intercept
import Manifests
import Testing

/// Listeners as Istio makes them: addresses, conflicts, Sidecars, VirtualServices and endpoints.
struct ListenerCasesTests {
  private static let web = pod(labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.12.0.1"}]}"#)

  /// Returns `listener cluster` of a connection of pod app/web, which has the label app=web.
  private func route(
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

  private let passthrough = "virtualOutbound PassthroughCluster"

  private func service(
    _ name: String, _ address: String, _ ports: String, namespace: String = "app", created: String = "",
    more: String = ""
  ) -> String {
    #"""
    {"kind": "Service", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp": "\#(created)"},
    "spec": {"clusterIP": "\#(address)", "ports": [\#(ports)]\#(more)}}
    """#
  }

  private func port(_ number: Int, _ name: String = "tcp", _ more: String = "") -> String {
    #"{"name": "\#(name)", "port": \#(number)\#(more)}"#
  }

  private func entry(
    _ name: String, _ addresses: String = "", port: Int = 5701, _ protocolName: String = "TCP",
    resolution: String = "DNS",
    namespace: String = "app", created: String = "", host: String? = nil, labels: String = "{}",
    more: String = "",
    status: String = "{}"
  ) -> String {
    let list = addresses.isEmpty ? "" : #", "addresses": [\#(addresses)]"#
    return #"""
      {"kind": "ServiceEntry", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp":
      "\#(created)", "labels": \#(labels)}, "spec": {"hosts": ["\#(host ?? name + ".example")"], "resolution": "\#(resolution)",
      "ports": [{"number": \#(port), "protocol": "\#(protocolName)"}]\#(list)\#(more)}, "status": \#(status)}
      """#
  }

  // MARK: - Addresses

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

  // MARK: - Inbound

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

  // MARK: - Sidecars

  private func sidecar(_ spec: String) -> String {
    #"{"kind": "Sidecar", "metadata": {"name": "default", "namespace": "app"}, "spec": {\#(spec)}}"#
  }

  @Test func boundEgressListeners() throws {
    let db = service("db", "10.96.0.20", port(5701))
    let bound = sidecar(
      #""egress": [{"port": {"number": 5701, "protocol": "TCP"}, "bind": "127.0.0.9", "hosts": ["./*"]}]"#)
    #expect(try route([db, bound], to: "10.96.0.20:5701") == passthrough)
    #expect(
      try route([db, bound], to: "127.0.0.9:5701") == "127.0.0.9_5701 outbound|5701||db.app.svc.cluster.local"
    )
    let open = sidecar(
      #""egress": [{"port": {"number": 5701, "protocol": "TCP"}, "captureMode": "NONE", "hosts": ["./*"]}]"#)
    #expect(try route([db, open], to: "10.96.0.20:5701") == passthrough)
    #expect(
      try route([db, open], to: "127.0.0.1:5701") == "127.0.0.1_5701 outbound|5701||db.app.svc.cluster.local")
  }

  @Test func theSidecarsProtocolCounts() throws {
    let db = service("db", "10.96.0.20", port(5701))
    let http = sidecar(#""egress": [{"port": {"number": 5701, "protocol": "HTTP"}, "hosts": ["./*"]}]"#)
    #expect(try route([db, http], to: "10.96.0.20:5701", http: true) == "0.0.0.0_5701 routes:5701")
    #expect(try route([db, http], to: "10.96.0.20:5701") == "0.0.0.0_5701 PassthroughCluster")
    let proxy = sidecar(
      #""egress": [{"port": {"number": 3128, "protocol": "HTTP_PROXY"}, "bind": "127.0.0.1", "hosts": ["./*"]}]"#
    )
    #expect(try route([db, proxy], to: "127.0.0.1:3128") == "127.0.0.1_3128 routes:3128")
  }

  /// A later egress listener for all ports adds nothing to the ports of those before it.
  @Test func portsOfEgressListenersAreLocked() throws {
    let tcp = entry("t", port: 9080, namespace: "other")
    let http = service("h", "10.96.0.30", port(9080, "http"))
    let both = sidecar(
      #""egress": [{"port": {"number": 9080, "protocol": "HTTP"}, "hosts": ["./*"]}, {"hosts": ["*/*"]}]"#)
    #expect(try route([tcp, http, both], to: "9.9.9.9:9080") == "0.0.0.0_9080 PassthroughCluster")
    #expect(try route([tcp, http, both], to: "9.9.9.9:9080", http: true) == "0.0.0.0_9080 routes:9080")
    #expect(try route([tcp, http], to: "9.9.9.9:9080") == "0.0.0.0_9080 outbound|9080||t.example")
  }

  @Test(arguments: [
    (#"{"mode": "REGISTRY_ONLY"}"#, true), (#"{"mode": "ALLOW_ANY"}"#, false), ("{}", true),
  ])
  func outboundPolicyOfTheSidecar(_ policy: String, _ isClosed: Bool) throws {
    let closed = sidecar(#""outboundTrafficPolicy": \#(policy)"#)
    #expect(
      try route([closed], to: "9.9.9.9:1") == (isClosed ? "virtualOutbound BlackHoleCluster" : passthrough))
  }

  // MARK: - VirtualServices

  private func virtualService(
    _ spec: String, hosts: String = #"["db"]"#, name: String = "v", namespace: String = "app",
    created: String = ""
  ) -> String {
    #"""
    {"kind": "VirtualService", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "creationTimestamp":
    "\#(created)"}, "spec": {"hosts": \#(hosts), \#(spec)}}
    """#
  }

  private func to(_ host: String, _ more: String = "", weight: Int? = nil) -> String {
    let weight = weight.map { #", "weight": \#($0)"# } ?? ""
    return #"{"destination": {"host": "\#(host)"\#(more)}\#(weight)}"#
  }

  private var db: String { service("db", "10.96.0.20", port(5701)) }
  private var target: String { service("to", "10.96.0.21", port(7000)) }
  private let own = "10.96.0.20_5701 outbound|5701||db.app.svc.cluster.local"
  private let routed = "10.96.0.20_5701 outbound|7000||to.app.svc.cluster.local"

  @Test(arguments: [
    ("", true), (#""port": 5701"#, true), (#""port": 1"#, false), (#""sourceLabels": {"app": "web"}"#, true),
    (#""sourceLabels": {"app": "x"}"#, false), (#""sourceNamespace": "app""#, true),
    (#""sourceNamespace": "b""#, false), (#""gateways": ["mesh"]"#, true), (#""gateways": ["gw"]"#, false),
    (#""destinationSubnets": ["10.96.0.0/16"]"#, true), (#""destinationSubnets": ["10.97.0.0/16"]"#, false),
    (#""destinationSubnets": ["10.96.0.20"]"#, true),
  ])
  func conditionsOfTCPRoutes(_ match: String, _ applies: Bool) throws {
    let routes = virtualService(#""tcp": [{"match": [{\#(match)}], "route": [\#(to("to"))]}]"#)
    #expect(try route([db, target, routes], to: "10.96.0.20:5701") == (applies ? routed : own))
  }

  @Test func portsOfDestinations() throws {
    func found(_ destination: String) throws -> String {
      let routes = virtualService(#""tcp": [{"route": [\#(destination)]}]"#)
      let two = service("two", "10.96.0.22", port(1) + "," + port(2, "tcp-b"))
      return try route([db, target, two, routes], to: "10.96.0.20:5701")
    }
    #expect(try found(to("to")) == routed)
    #expect(try found(to("to", #", "port": {"number": 7001}"#)).contains("|7001||to"))
    #expect(try found(to("two")).contains("|5701||two"))
    #expect(try found(to("unknown.example")).contains("|5701||unknown.example"))
    #expect(try found(to("to", #", "subset": "v1""#)).contains("|7000|v1|to"))
  }

  @Test func weights() throws {
    func found(_ routes: String) throws -> String {
      try route([db, target, virtualService(#""tcp": [{"route": [\#(routes)]}]"#)], to: "10.96.0.20:5701")
    }
    #expect(try found(to("to", weight: 100) + "," + to("db", weight: 0)) == routed)
    #expect(try found(to("to", weight: 0)) == routed)
    let both = try found(to("to", weight: 50) + "," + to("db", weight: 50))
    #expect(both.contains("|7000||to") && both.contains("|5701||db"))
  }

  @Test func aliasDestinations() throws {
    let alias = service(
      "alias", "", port(7000), more: #", "type": "ExternalName", "externalName": "to.app.svc.cluster.local""#)
    let routes = virtualService(#""tcp": [{"route": [\#(to("alias"))]}]"#)
    #expect(try route([db, target, alias, routes], to: "10.96.0.20:5701") == routed)
    #expect(
      try route([db, target, alias, routes], to: "10.96.0.20:5701", release: 20).contains("||alias.app"))
  }

  @Test func tlsRoutes() throws {
    let tls = entry("e", port: 443, "TLS")
    let routes = virtualService(
      #""tls": [{"match": [{"sniHosts": ["a.e.example"]}], "route": [\#(to("to"))]}], "tcp": [{"route": [\#(to("db"))]}]"#,
      hosts: #"["e.example"]"#)
    #expect(
      try route([tls, target, routes], to: "9.9.9.9:443", name: "a.e.example")
        == "0.0.0.0_443 outbound|7000||to.app.svc.cluster.local")
    #expect(
      try route([tls, target, routes], to: "9.9.9.9:443", name: "e.example")
        == "0.0.0.0_443 PassthroughCluster")
    // TCP routes do not apply to TLS ports.
    let tcp = virtualService(#""tcp": [{"route": [\#(to("to"))]}]"#, hosts: #"["e.example"]"#)
    #expect(
      try route([tls, target, tcp], to: "9.9.9.9:443", name: "e.example")
        == "0.0.0.0_443 outbound|443||e.example")
    // TLS routes do not apply to TCP ports.
    let plain = entry("e", port: 443)
    #expect(
      try route([plain, db, target, routes], to: "9.9.9.9:443")
        == "0.0.0.0_443 outbound|5701||db.app.svc.cluster.local")
  }

  @Test(arguments: [
    (#""exportTo": ["."]"#, "app", true), (#""exportTo": ["."]"#, "other", false),
    (#""exportTo": ["app"]"#, "other", true), (#""exportTo": ["*"]"#, "other", true),
    (#""exportTo": []"#, "other", true),
  ])
  func exportOfVirtualServices(_ export: String, _ namespace: String, _ applies: Bool) throws {
    let routes = virtualService(
      #"\#(export), "tcp": [{"route": [\#(to("to.app.svc.cluster.local"))]}]"#,
      hosts: #"["db.app.svc.cluster.local"]"#, namespace: namespace)
    #expect(try route([db, target, routes], to: "10.96.0.20:5701") == (applies ? routed : own))
    let values = #"{"meshConfig": {"defaultVirtualServiceExportTo": ["."]}}"#
    let isDefault = export.hasSuffix("[]")
    #expect(
      try route([db, target, routes], to: "10.96.0.20:5701", values: values)
        == (applies && !isDefault ? routed : own))
  }

  @Test func theSidecarChoosesVirtualServices() throws {
    let routes = virtualService(
      #""tcp": [{"route": [\#(to("to.app.svc.cluster.local"))]}]"#, hosts: #"["db.app.svc.cluster.local"]"#,
      namespace: "other")
    let own = sidecar(#""egress": [{"hosts": ["./*"]}]"#)
    #expect(try route([db, target, routes, own], to: "10.96.0.20:5701") == self.own)
    let all = sidecar(#""egress": [{"hosts": ["./*", "other/*"]}]"#)
    #expect(try route([db, target, routes, all], to: "10.96.0.20:5701") == routed)
  }

  @Test func theOldestVirtualServiceApplies() throws {
    let first = virtualService(#""tcp": [{"route": [\#(to("to"))]}]"#, name: "z", created: "1")
    let second = virtualService(#""tcp": [{"route": [\#(to("x.example"))]}]"#, name: "a", created: "2")
    #expect(try route([db, target, second, first], to: "10.96.0.20:5701") == routed)
  }

  // MARK: - Hosts and endpoints

  @Test func oneHostInTwoNamespaces() throws {
    let other = entry("a", #""1.1.1.1""#, namespace: "aaa", created: "1", host: "h.example")
    let own = entry("b", #""2.2.2.2""#, created: "2", host: "h.example")
    #expect(try route([other, own], to: "2.2.2.2:5701") == "2.2.2.2_5701 outbound|5701||h.example")
    #expect(try route([other, own], to: "1.1.1.1:5701") == passthrough)
    let third = entry("c", #""3.3.3.3""#, namespace: "ccc", created: "3", host: "h.example")
    #expect(try route([other, third], to: "1.1.1.1:5701").hasPrefix("1.1.1.1_5701"))
    #expect(try route([other, third], to: "3.3.3.3:5701") == passthrough)
  }

  @Test(arguments: [
    ("{}", "DNS", true), (#"{"networking.istio.io/enable-autoallocate-ip": "false"}"#, "DNS", false),
    (#"{"networking.istio.io/enable-autoallocate-ip": "true"}"#, "DNS", true), ("{}", "NONE", false),
  ])
  func allocatedAddresses(_ labels: String, _ resolution: String, _ isUsed: Bool) throws {
    let status = #"{"addresses": [{"value": "240.240.0.1", "host": "e.example"}]}"#
    let list = try ObjectList(
      Self.web, entry("e", resolution: resolution, labels: labels, status: status))
    var rules = Configuration()
    rules.dns = .servers([])
    let options = try list.podOptions(named: "web", in: MeshValues())
    let names = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: rules
    ).configuration.listeners.map(\.name)
    #expect(names.contains("240.240.0.1_5701") == isUsed)
    #expect(names.contains("0.0.0.0_5701") != isUsed)
  }

  private func peer(_ address: String, phase: String = "Running") -> String {
    #"""
    {"kind": "Pod", "metadata": {"name": "peer-\#(phase)", "namespace": "app", "labels": {"app": "hz"}}, "status":
    {"podIP": "\#(address)", "phase": "\#(phase)"}}
    """#
  }

  private var headless: String { service("hz", "None", port(5701), more: #", "selector": {"app": "hz"}"#) }

  @Test(arguments: [("Running", true), ("Succeeded", false), ("Failed", false), ("Pending", true)])
  func finishedPodsAreNoEndpoints(_ phase: String, _ isEndpoint: Bool) throws {
    let found = try route([headless, peer("10.12.0.2", phase: phase)], to: "10.12.0.2:5701")
    #expect(found == (isEndpoint ? "10.12.0.2_5701 outbound|5701||hz.app.svc.cluster.local" : passthrough))
  }

  @Test func endpointSlicesPrecedePods() throws {
    let slice = #"""
      {"kind": "EndpointSlice", "metadata": {"name": "hz-1", "namespace": "app", "labels": {"kubernetes.io/service-name":
      "hz"}}, "endpoints": [{"addresses": ["10.12.0.3"]}, {"addresses": ["10.12.0.4"], "conditions": {"ready": false}}]}
      """#
    let objects = [headless, peer("10.12.0.2"), slice]
    #expect(try route(objects, to: "10.12.0.3:5701").hasPrefix("10.12.0.3_5701"))
    #expect(try route(objects, to: "10.12.0.2:5701") == passthrough)
    #expect(try route(objects, to: "10.12.0.4:5701") == passthrough)
    let older = #"""
      {"kind": "Endpoints", "metadata": {"name": "hz", "namespace": "app"}, "subsets": [{"addresses": [{"ip":
      "10.12.0.5"}], "notReadyAddresses": [{"ip": "10.12.0.6"}]}]}
      """#
    #expect(try route([headless, older], to: "10.12.0.5:5701").hasPrefix("10.12.0.5_5701"))
    #expect(try route([headless, older], to: "10.12.0.6:5701") == passthrough)
  }

  @Test func workloadEntriesAreEndpoints() throws {
    let selecting = entry(
      "e", resolution: "NONE", more: #", "workloadSelector": {"labels": {"app": "vm"}}"#)
    let vm = #"""
      {"kind": "WorkloadEntry", "metadata": {"name": "vm", "namespace": "app"}, "spec": {"address": "10.13.0.1", "labels":
      {"app": "vm"}}}
      """#
    #expect(try route([selecting, vm], to: "10.13.0.1:5701") == "10.13.0.1_5701 outbound|5701||e.example")
    #expect(try route([selecting, vm], to: "10.13.0.2:5701") == passthrough)
  }

  @Test func sctpPortsMakeTCPListeners() throws {
    let sctp = service("s", "10.96.0.9", port(99, "x", #", "protocol": "SCTP""#))
    #expect(try route([sctp], to: "10.96.0.9:99") == "10.96.0.9_99 outbound|99||s.app.svc.cluster.local")
    let udp = service("s", "10.96.0.9", port(99, "x", #", "protocol": "UDP""#))
    #expect(try route([udp], to: "10.96.0.9:99") == passthrough)
  }

  @Test func dualStackAddressesOnAProxyOfOneFamily() throws {
    let both = #"""
      {"kind": "Service", "metadata": {"name": "s", "namespace": "app"}, "spec": {"clusterIP": "fd00::9", "clusterIPs":
      ["fd00::9", "10.96.0.9"], "ports": [\#(port(99))]}}
      """#
    #expect(try route([both], to: "10.96.0.9:99") == "10.96.0.9_99 outbound|99||s.app.svc.cluster.local")
    #expect(try route([both], to: "[fd00::9]:99") == passthrough)
    let dual = pod(
      labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.12.0.1"}, {"ip": "fd00::1"}]}"#)
    #expect(
      try route([both], to: "10.96.0.9:99", pod: dual) == "fd00::9_99 outbound|99||s.app.svc.cluster.local")
  }

  @Test func envoyFiltersAreWarnings() throws {
    let list = try ObjectList(Self.web, #"{"kind": "EnvoyFilter", "metadata": {"name": "f"}}"#)
    let options = try list.podOptions(named: "web", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: Configuration())
    #expect(listeners.warnings.count == 1)
  }
}
