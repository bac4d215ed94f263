import Intercept
import Manifests
import Testing

/// Clusters as Istio makes them: endpoints, and TLS by DestinationRules, PeerAuthentications and the endpoints' proxies.
struct ClusterCasesTests {
  /// A pod of an app, with or without a proxy.
  static func workload(_ name: String, _ address: String, labels: String, hasProxy: Bool = true)
    -> String
  {
    let status = address.isEmpty ? "{}" : #"{"phase": "Running", "podIPs": [{"ip": "\#(address)"}]}"#
    let proxy =
      hasProxy
      ? #", {"name": "istio-proxy"}], "initContainers": [{"name": "istio-init", "args": ["istio-iptables"]}"#
      : ""
    let app = #"{"name": "app", "ports": [{"name": "db", "containerPort": 6000}]}"#
    return pod(
      name, annotations: hasProxy ? #"{"sidecar.istio.io/status": "{}"}"# : "{}", labels: labels,
      spec: #"{"containers": [\#(app)\#(proxy)]}"#, status: status)
  }

  static let web = workload("web", "10.12.0.1", labels: #"{"app": "web"}"#)
  static let first = workload("db-1", "10.12.0.7", labels: #"{"app": "db", "version": "v1"}"#)
  private static let second = workload(
    "db-2", "10.12.0.8", labels: #"{"app": "db", "version": "v2"}"#)
  static let plain = workload("db-3", "10.12.0.9", labels: #"{"app": "db"}"#, hasProxy: false)

  static func service(
    _ ports: String = #"{"name": "tcp", "port": 5701, "targetPort": 6000}"#,
    address: String = "10.96.0.20",
    more: String = ""
  ) -> String {
    #"""
    {"kind": "Service", "metadata": {"name": "db", "namespace": "app"}, "spec": {"clusterIP": "\#(address)",
    "selector": {"app": "db"}, "ports": [\#(ports)]\#(more)}}
    """#
  }

  static func rule(_ policy: String, subsets: String = "", namespace: String = "app") -> String {
    #"""
    {"kind": "DestinationRule", "apiVersion": "networking.istio.io/v1", "metadata": {"name": "dr", "namespace":
    "\#(namespace)"}, "spec": {"host": "db.app.svc.cluster.local", "trafficPolicy": {\#(policy)}\#(subsets)}}
    """#
  }

  private static func authentication(
    _ mode: String, selector: String = "", ports: String = "", namespace: String = "app"
  ) -> String {
    #"""
    {"kind": "PeerAuthentication", "apiVersion": "security.istio.io/v1", "metadata": {"name": "pa", "namespace":
    "\#(namespace)"}, "spec": {"mtls": {"mode": "\#(mode)"}\#(selector)\#(ports)}}
    """#
  }

  /// Returns the endpoints that the route of a connection to 10.96.0.20:5701 has, each with its TLS.
  func endpoints(
    _ objects: [String], to: String = "10.96.0.20:5701", values: String = "{}", release: Int = 30,
    client: String = web
  ) throws -> [String] {
    let list = try ObjectList(jsonList([client] + objects))
    let mesh = try MeshValues(values)
    let options = try list.podOptions(named: "web", in: mesh)
    let listeners = ProxyListeners(
      list, for: options, values: mesh, release: IstioRelease(minor: release), rules: Configuration())
    func route<Resources: EnvoyResources>(_ resources: Resources, _ end: Endpoint) -> EnvoyRoute {
      listeners.configuration.route(EnvoyConnection(port: 15001, original: end), resources)
    }
    let found = route(listeners.resources, try #require(Endpoint(to)))
    guard let known = found.upstreams.first?.endpoints else { return [found.flag ?? "unknown"] }
    return known.map { "\($0.endpoint.address) \($0.tls.rawValue)" }
  }

  @Test func endpointsHaveTheTargetPort() throws {
    #expect(try endpoints([Self.service(), Self.first]) == ["10.12.0.7:6000 mutual"])
    let named = Self.service(#"{"name": "tcp", "port": 5701, "targetPort": "db"}"#)
    #expect(try endpoints([named, Self.first]) == ["10.12.0.7:6000 mutual"])
    let same = Self.service(#"{"name": "tcp", "port": 5701}"#)
    #expect(try endpoints([same, Self.first]) == ["10.12.0.7:5701 mutual"])
  }

  @Test func endpointsWithoutAProxyGetPlainText() throws {
    #expect(
      try endpoints([Self.service(), Self.first, Self.plain]) == [
        "10.12.0.7:6000 mutual", "10.12.0.9:6000 none",
      ])
  }

  /// A workload without an address, such as a Deployment, has endpoints that the list does not contain.
  @Test func unknownEndpoints() throws {
    let pending = Self.workload("db-4", "", labels: #"{"app": "db"}"#)
    #expect(try endpoints([Self.service(), pending]) == ["unknown"])
    #expect(try endpoints([Self.service()]) == [])
  }

  /// The TLS mode of a DestinationRule, in its scopes.
  @Test(arguments: [
    (#""tls": {"mode": "DISABLE"}"#, "none"), (#""tls": {"mode": "SIMPLE"}"#, "simple"),
    (#""tls": {"mode": "MUTUAL"}"#, "mutual"), (#""tls": {"mode": "ISTIO_MUTUAL"}"#, "mutual"),
    (#""tls": {}"#, "none"), ("", "mutual"),
    (#""portLevelSettings": [{"port": {"number": 5701}, "tls": {"mode": "DISABLE"}}]"#, "none"),
    (#""portLevelSettings": [{"port": {"number": 5702}, "tls": {"mode": "DISABLE"}}]"#, "mutual"),
    (
      #""tls": {"mode": "SIMPLE"}, "portLevelSettings": [{"port": {"number": 5701}, "tls": {"mode": "DISABLE"}}]"#,
      "none"
    ),
  ])
  func destinationRules(_ policy: String, _ tls: String) throws {
    for namespace in ["app", "istio-system"] {
      let rule = Self.rule(policy, namespace: namespace)
      #expect(try endpoints([Self.service(), Self.first, rule]) == ["10.12.0.7:6000 \(tls)"], "\(namespace)")
    }
    #expect(
      try endpoints([Self.service(), Self.first, Self.rule(policy, namespace: "other")]) == [
        "10.12.0.7:6000 mutual"
      ])
  }

  /// Automatic mutual TLS by the mode of the namespace, the workload, the port and the mesh.
  @Test(arguments: [
    (authentication("STRICT"), "mutual"), (authentication("PERMISSIVE"), "mutual"),
    (authentication("DISABLE"), "none"), (authentication("UNSET"), "mutual"),
    (authentication("DISABLE", namespace: "istio-system"), "none"),
    (authentication("DISABLE", namespace: "other"), "mutual"),
    (authentication("DISABLE", selector: #", "selector": {"matchLabels": {"app": "db"}}"#), "none"),
    (authentication("DISABLE", selector: #", "selector": {"matchLabels": {"app": "web"}}"#), "mutual"),
    (
      authentication(
        "STRICT", selector: #", "selector": {"matchLabels": {"app": "db"}}"#,
        ports: #", "portLevelMtls": {"6000": {"mode": "DISABLE"}}"#), "none"
    ),
    (
      authentication(
        "STRICT", selector: #", "selector": {"matchLabels": {"app": "db"}}"#,
        ports: #", "portLevelMtls": {"5701": {"mode": "DISABLE"}}"#), "mutual"
    ),
  ])
  func automaticMutualTLS(_ policy: String, _ tls: String) throws {
    #expect(try endpoints([Self.service(), Self.first, policy]) == ["10.12.0.7:6000 \(tls)"])
  }

  @Test func automaticMutualTLSIsASettingOfTheMesh() throws {
    let off = #"{"meshConfig": {"enableAutoMtls": false}}"#
    #expect(try endpoints([Self.service(), Self.first], values: off) == ["10.12.0.7:6000 none"])
  }

  /// A DestinationRule precedes the PeerAuthentication, even where they do not fit.
  @Test func destinationRulesPrecede() throws {
    let objects = [
      Self.service(), Self.first, Self.rule(#""tls": {"mode": "DISABLE"}"#), Self.authentication("STRICT"),
    ]
    #expect(try endpoints(objects) == ["10.12.0.7:6000 none"])
  }

  @Test func subsetsHaveLabels() throws {
    let routes = #"""
      {"kind": "VirtualService", "apiVersion": "networking.istio.io/v1", "metadata": {"name": "vs", "namespace": "app"},
      "spec": {"hosts": ["db"], "tcp": [{"route": [{"destination": {"host": "db", "subset": "v2"}}]}]}}
      """#
    let subsets = #"""
      , "subsets": [{"name": "v1", "labels": {"version": "v1"}}, {"name": "v2", "labels": {"version": "v2"},
      "trafficPolicy": {"tls": {"mode": "DISABLE"}}}]
      """#
    let rule = Self.rule(#""tls": {"mode": "SIMPLE"}"#, subsets: subsets)
    let objects = [Self.service(), Self.first, Self.second, routes]
    #expect(try endpoints(objects + [rule]) == ["10.12.0.8:6000 none"])
    // Without the subset there is no cluster.
    #expect(try endpoints(objects) == ["NC"])
  }

  /// Connections to a headless Service keep their destination; mutual TLS needs a proxy at every endpoint.
  @Test func headlessServices() throws {
    let headless = Self.service(#"{"name": "tcp", "port": 6000}"#, address: "None")
    #expect(try endpoints([headless, Self.first], to: "10.12.0.7:6000") == ["10.12.0.7:6000 mutual"])
    #expect(
      try endpoints([headless, Self.first, Self.plain], to: "10.12.0.7:6000") == ["10.12.0.7:6000 none"])
  }

  @Test func hostsOutsideTheMesh() throws {
    func entry(_ more: String) -> String {
      #"""
      {"kind": "ServiceEntry", "apiVersion": "networking.istio.io/v1", "metadata": {"name": "e", "namespace": "app"},
      "spec": {"hosts": ["e.example"], "addresses": ["10.96.0.20"], "ports": [{"number": 5701, "name": "tcp",
      "protocol": "TCP", "targetPort": 7000}]\#(more)}}
      """#
    }
    #expect(try endpoints([entry(#", "resolution": "DNS""#)]) == ["e.example:7000 none"])
    let listed = #", "resolution": "STATIC", "endpoints": [{"address": "2.2.2.2", "ports": {"tcp": 7001}}]"#
    #expect(try endpoints([entry(listed)]) == ["2.2.2.2:7001 none"])
    #expect(try endpoints([entry(#", "resolution": "NONE""#)]) == ["10.96.0.20:5701 none"])
    let inside =
      #", "location": "MESH_INTERNAL", "resolution": "STATIC", "endpoints": [{"address": "2.2.2.2", "labels": {"security.istio.io/tlsMode": "istio"}}]"#
    #expect(try endpoints([entry(inside)]) == ["2.2.2.2:7000 mutual"])
    let unix = #", "resolution": "STATIC", "endpoints": [{"address": "unix:///run/db"}]"#
    #expect(try endpoints([entry(unix)]) == ["/run/db none"])
  }

  @Test func unknownDestinations() throws {
    #expect(try endpoints([Self.service()], to: "9.9.9.9:1") == ["9.9.9.9:1 none"])
  }

  /// Inbound connections to ports without a Service, by release.
  @Test(arguments: [(22, "InboundPassthroughClusterIpv4"), (23, "InboundPassthroughCluster")])
  func inboundPassthrough(_ release: Int, _ cluster: String) throws {
    let list = try ObjectList(jsonList([Self.web, Self.service()]))
    let options = try list.podOptions(named: "web", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: release), rules: Configuration())
    let end = try #require(Endpoint("10.12.0.1:9"))
    let route = listeners.configuration.route(EnvoyConnection(port: 15006, original: end))
    #expect(route.cluster == cluster)
  }
}
