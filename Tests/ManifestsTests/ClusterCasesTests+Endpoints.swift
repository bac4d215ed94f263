import Intercept
import Manifests
import Testing

/// Endpoints by EndpointSlices, readiness, nodes and proxies.
extension ClusterCasesTests {
  @Test func portsAreThoseOfTheSlices() throws {
    let first = slice("db", "10.1.0.9", ports: port(7000))
    #expect(try endpoints([Self.service(), first]) == ["10.1.0.9:7000 none"])
    #expect(
      try endpoints([Self.service(), slice("db", "10.1.0.9", ports: port(7000, "other"))]) == [])
    #expect(try endpoints([Self.service(), slice("db", "10.1.0.9", ports: "")]) == [])
    let second = slice("db", "10.1.0.8", ports: port(7001))
    #expect(
      try endpoints([Self.service(), first, second]) == [
        "10.1.0.9:7000 none", "10.1.0.8:7001 none",
      ])
    let named = Self.service(#"{"name": "tcp", "port": 5701, "targetPort": "nowhere"}"#)
    #expect(try endpoints([named, first]) == ["10.1.0.9:7000 none"])
  }

  /// The ports of one address in several slices count together.
  @Test func anAddressInTwoSlices() throws {
    let both = Self.service(#"{"name": "tcp", "port": 5701}, {"name": "b", "port": 5702}"#)
    let slices = [
      slice("db", "10.1.0.9", ports: port(7000)), slice("db", "10.1.0.9", ports: port(7001, "b")),
    ]
    #expect(try endpoints([both] + slices) == ["10.1.0.9:7000 none"])
    #expect(try endpoints([both] + slices, to: "10.96.0.20:5702") == ["10.1.0.9:7001 none"])
  }

  @Test func portsOfEndpointsObjects() throws {
    let older = #"""
      {"kind": "Endpoints", "metadata": {"name": "db", "namespace": "app"}, "subsets": [{"addresses": [{"ip":
      "10.1.0.7"}], "ports": [{"name": "tcp", "port": 6001}]}, {"addresses": [{"ip": "10.1.0.8"}], "ports": [{"name":
      "tcp", "port": 6002}]}]}
      """#
    #expect(
      try endpoints([Self.service(), older]) == ["10.1.0.7:6001 none", "10.1.0.8:6002 none"])
  }

  /// A pod on a node.
  private static func pod(_ name: String, _ address: String, on node: String?) -> String {
    let node = node.map { #""nodeName": "\#($0)", "# } ?? ""
    return ManifestsTests.pod(
      name, labels: #"{"app": "\#(name)"}"#, spec: #"{\#(node)"containers": [{"name": "a"}]}"#,
      status: #"{"podIPs": [{"ip": "\#(address)"}]}"#)
  }

  @Test(
    arguments: [
      ("n1", "n1", 31, ["10.12.0.7:6000 none"]), ("n1", "n2", 31, []),
      ("n1", "n2", 16, ["10.12.0.7:6000 none"]), (nil, "n2", 31, ["unknown"]),
      ("n1", nil, 31, ["unknown"]),
    ] as [(String?, String?, Int, [String])])
  func internalTrafficPolicy(
    _ client: String?, _ node: String?, _ release: Int, _ expected: [String]
  ) throws {
    let local = Self.service(more: #", "internalTrafficPolicy": "Local""#)
    let found = try endpoints(
      [local, Self.pod("db", "10.12.0.7", on: node)], release: release,
      client: Self.pod("web", "10.12.0.1", on: client))
    #expect(found == expected)
  }

  @Test(arguments: [
    ("", #""conditions": [{"type": "Ready", "status": "False"}], "#, "", false),
    ("", #""conditions": [{"type": "Ready", "status": "True"}], "#, "", true),
    (#""deletionTimestamp": "2024-01-01T00:00:00Z", "#, "", "", false),
    (
      "", #""conditions": [{"type": "Ready", "status": "False"}], "#,
      #", "publishNotReadyAddresses": true"#, true
    ),
    (
      #""deletionTimestamp": "2024-01-01T00:00:00Z", "#, "", #", "publishNotReadyAddresses": true"#,
      true
    ),
  ])
  func readiness(_ metadata: String, _ status: String, _ service: String, _ isEndpoint: Bool) throws {
    let db = #"""
      {"kind": "Pod", "metadata": {\#(metadata)"name": "db", "namespace": "app", "labels": {"app": "db"}}, "spec":
      {"containers": [{"name": "a"}]}, "status": {\#(status)"podIP": "10.12.0.7"}}
      """#
    #expect(
      try endpoints([Self.service(more: service), db])
        == (isEndpoint ? ["10.12.0.7:6000 none"] : []))
  }

  private static let balancer =
    #""portLevelSettings": [{"port": {"number": 5701}, "loadBalancer": {"simple": "RANDOM"}}]"#

  /// The settings of a port replace the cluster's, but not the TLS by which endpoints get automatic mutual TLS.
  @Test(arguments: [
    (#""tls": {"mode": "SIMPLE"}"#, 31, "none"), (#""tls": {"mode": "SIMPLE"}"#, 20, "none"),
    (#""tls": {"mode": "SIMPLE"}"#, 19, "mutual"), (#""tls": {"mode": "MUTUAL"}"#, 31, "none"),
    (#""tls": {"mode": "DISABLE"}"#, 19, "none"),
    (#""tls": {"mode": "ISTIO_MUTUAL"}"#, 31, "mutual"),
  ])
  func portsWithoutTLS(_ tls: String, _ release: Int, _ expected: String) throws {
    let rule = Self.rule("\(tls), \(Self.balancer)")
    #expect(
      try endpoints([Self.service(), Self.first, rule], release: release) == [
        "10.12.0.7:6000 \(expected)"
      ])
  }

  @Test func meshTLSOfARuleNeedsNoProxy() throws {
    let rule = Self.rule(#""tls": {"mode": "ISTIO_MUTUAL"}, \#(Self.balancer)"#)
    #expect(try endpoints([Self.service(), Self.plain, rule]) == ["10.12.0.9:6000 mutual"])
  }

  @Test func portsReplaceTheLoadBalancer() throws {
    let whole = #""loadBalancer": {"simple": "PASSTHROUGH"}"#
    #expect(
      try endpoints([Self.service(), Self.first, Self.rule(whole)]) == ["10.96.0.20:5701 mutual"])
    let rule = Self.rule("\(whole), \(Self.balancer)")
    #expect(try endpoints([Self.service(), Self.first, rule]) == ["10.12.0.7:6000 mutual"])
  }

  /// An endpoint has a proxy by its label, or by the labels that the injector follows.
  @Test(
    arguments: [
      (#""sidecar.istio.io/inject": "true""#, nil, "mutual"),
      (#""security.istio.io/tlsMode": "istio""#, nil, "mutual"),
      (#""sidecar.istio.io/inject": "true", "security.istio.io/tlsMode": "disabled""#, nil, "none"),
      (#""a": "b""#, nil, "none"), (#""a": "b""#, #"{"istio-injection": "enabled"}"#, "mutual"),
      (#""a": "b""#, "{}", "none"), (#""sidecar.istio.io/inject": "true""#, "{}", "mutual"),
      (#""sidecar.istio.io/inject": "false""#, #"{"istio-injection": "enabled"}"#, "none"),
    ] as [(String, String?, String)])
  func proxiesOfPods(_ labels: String, _ namespace: String?, _ tls: String) throws {
    let db = Self.workload(
      "db-1", "10.12.0.7", labels: #"{"app": "db", \#(labels)}"#, hasProxy: false)
    let namespaces = namespace.map {
      #"{"kind": "Namespace", "metadata": {"name": "app", "labels": \#($0)}}"#
    }
    let objects = [Self.service(), db] + [namespaces].compactMap(\.self)
    #expect(try endpoints(objects) == ["10.12.0.7:6000 \(tls)"])
  }

  /// Inbound ports of a Service that the pod lacks, and those of slices for a pod that no Service selects.
  @Test(arguments: [
    (#", "selector": {"app": "web"}"#, "nowhere", "10.12.0.1:5701", "InboundPassthroughCluster"),
    (#", "selector": {"app": "web"}"#, "db", "10.12.0.1:6000", "inbound|6000||"),
    ("", "nowhere", "10.12.0.1:7000", "inbound|7000||"),
    ("", "nowhere", "10.12.0.1:5701", "InboundPassthroughCluster"),
    (#", "selector": {"app": "web"}"#, "db", "10.12.0.1:7000", "InboundPassthroughCluster"),
  ])
  func inboundPorts(_ selector: String, _ target: String, _ to: String, _ cluster: String) throws {
    let own = port(5701, "tcp", #", "targetPort": "\#(target)""#)
    let list = try ObjectList(
      jsonList([
        Self.web, ManifestsTests.service("s", "10.96.0.9", own, more: selector),
        slice("s", "10.12.0.1", ports: port(7000)),
      ]))
    let options = try list.podOptions(named: "web", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 31),
      rules: Configuration())
    let end = try #require(Endpoint(to))
    #expect(
      listeners.configuration.route(EnvoyConnection(port: 15006, original: end)).cluster == cluster)
  }
}
