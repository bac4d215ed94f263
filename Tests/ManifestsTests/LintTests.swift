import Intercept
import Manifests
import Testing

/// Lint rules about Services, Gateways and VirtualServices.
struct LintTests {
  private func names(_ objects: String..., only: [String] = [], release: IstioRelease? = nil) throws
    -> [String]
  {
    let list = try ObjectList(jsonList(objects))
    return try Lint(only: only).findings(in: list, release: release).findings.map {
      "\($0.rule) \($0.object.name)\($0.port.map { " \($0)" } ?? "")"
    }
  }

  private func service(
    _ name: String, _ ports: String, address: String = "10.0.0.1", namespace: String = "app"
  ) -> String {
    """
    {"kind": "Service", "metadata": {"name": "\(name)", "namespace": "\(namespace)"}, "spec": {"clusterIP": "\(address)",
    "selector": {"app": "\(name)"}, "ports": [\(ports)]}}
    """
  }

  @Test(arguments: [
    ("web", "TCP", true), ("appport", "TCP", true), ("", "TCP", false), ("http", "TCP", false),
    ("http-web", "TCP", false), ("grpc-web-x", "TCP", false), ("httpx", "TCP", true),
    ("HTTP2-a", "TCP", false),
    ("dns", "UDP", false), ("https", "TCP", false), ("tls-x", "TCP", false), ("mongo", "TCP", false),
    ("web-http", "TCP", true), ("udp", "TCP", false),
  ])
  func namesOfPorts(_ name: String, _ transport: String, _ isFound: Bool) throws {
    let port = #"{"name": "\#(name)", "port": 80, "protocol": "\#(transport)"}"#
    #expect(try names(service("s", port)) == (isFound ? ["port-name s 80"] : []))
  }

  @Test(arguments: [
    ("web", "http", nil), ("http", "http", nil), ("http", "tcp", "app-protocol s 80"),
    ("http", "kubernetes.io/ws", nil), ("http", "kubernetes.io/wss", "app-protocol s 80"),
    ("grpc", "http2", nil), ("tcp", "redis", nil), ("mongo", "redis", "app-protocol s 80"),
    ("http", "example.com/x", "app-protocol s 80"), ("x", "example.com/x", "port-name s 80"),
    ("", "example.com/x", nil),
    ("http", "", "app-protocol s 80"),
  ])
  func namesAndAppProtocols(_ name: String, _ said: String, _ found: String?) throws {
    let port = #"{"name": "\#(name)", "port": 80, "appProtocol": "\#(said)"}"#
    #expect(try names(service("s", port)) == [found].compactMap(\.self))
  }

  @Test func wellKnownPortsAndSystemNamespacesPass() throws {
    #expect(try names(service("s", #"{"name": "x", "port": 3306}, {"name": "y", "port": 25}"#)) == [])
    #expect(try names(service("s", #"{"name": "x", "port": 3306, "appProtocol": "example.com/x"}"#)) == [])
    #expect(try names(service("s", #"{"name": "metrics", "port": 9153}"#, namespace: "kube-system")) == [])
  }

  private func external(_ port: String, _ annotations: String = "{}", namespace: String = "app") -> String {
    """
    {"kind": "Service", "metadata": {"name": "ext", "namespace": "\(namespace)", "annotations": \(annotations)}, "spec":
    {"type": "ExternalName", "externalName": "example.com", "ports": [\(port)]}}
    """
  }

  @Test(arguments: [
    (#"{"name": "tcp-a", "port": 5701}"#, "{}", true), (#"{"name": "a", "port": 5701}"#, "{}", true),
    (#"{"name": "http-a", "port": 5701}"#, "{}", false), (#"{"name": "tls-a", "port": 5701}"#, "{}", false),
    (#"{"name": "tcp-a", "port": 5702}"#, "{}", false),
    (#"{"name": "tcp-a", "port": 5701, "protocol": "UDP"}"#, "{}", false),
    (#"{"name": "tcp-a", "port": 5701}"#, #"{"networking.istio.io/exportTo": "."}"#, false),
    (#"{"name": "tcp-a", "port": 5701}"#, #"{"networking.istio.io/exportTo": "~"}"#, false),
    (#"{"name": "tcp-a", "port": 5701}"#, #"{"networking.istio.io/exportTo": "other, ."}"#, true),
    (#"{"name": "tcp-a", "port": 5701}"#, #"{"networking.istio.io/exportTo": "third"}"#, false),
  ])
  func externalNames(_ port: String, _ annotations: String, _ isFound: Bool) throws {
    let user = service("user", #"{"name": "tcp-x", "port": 80, "targetPort": 5701}"#, namespace: "other")
    let found = try names(external(port, annotations), user, only: ["catch-all-listener"])
    #expect(found == (isFound ? ["catch-all-listener ext 5701"] : []))
  }

  @Test func affectedServices() throws {
    let port = #"{"name": "tcp-a", "port": 5701}"#
    let objects = [
      external(port), service("other", port, namespace: "b"),
      service("plain", #"{"name": "http", "port": 5701}"#),
      service("headless", port, address: "None"),
      service("elsewhere", port, namespace: "c"),
      service("named", #"{"name": "tcp", "port": 1, "targetPort": "hz"}"#),
      pod(
        "p", labels: #"{"app": "named"}"#,
        spec: #"{"containers": [{"ports": [{"name": "hz", "containerPort": 5701}]}]}"#),
      #"{"kind": "Sidecar", "metadata": {"name": "s", "namespace": "c"}, "spec": {"egress": [{"hosts": ["./*"]}]}}"#,
    ]
    let findings = try Lint(only: ["catch-all-listener"]).findings(in: ObjectList(jsonList(objects))).findings
    #expect(
      findings.map(\.others) == [
        [
          ObjectName(kind: "Service", namespace: "b", name: "other"),
          ObjectName(kind: "Service", namespace: "app", name: "named"),
        ]
      ])
    #expect(findings.first?.namespaces == ["app", "b"])
  }

  @Test func releasesWithoutExternalNameListeners() throws {
    let port = #"{"name": "tcp-a", "port": 5701}"#
    for (release, count) in [(16, 1), (20, 1), (21, 0), (30, 0)] {
      let found = try names(
        external(port), service("user", port, namespace: "b"), only: ["catch-all-listener"],
        release: IstioRelease(minor: release))
      #expect(found.count == count, "1.\(release)")
    }
  }

  private func entry(_ name: String, _ more: String = "", protocolName: String = "TCP", created: String = "1")
    -> String
  {
    """
    {"kind": "ServiceEntry", "metadata": {"name": "\(name)", "namespace": "app", "creationTimestamp": "\(created)"},
    "spec": {"hosts": ["\(name).example"], "resolution": "DNS", "ports": [{"number": 3307, "protocol":
    "\(protocolName)"}]\(more)}}
    """
  }

  @Test func theOldestHostWithoutAddressOwnsThePort() throws {
    #expect(
      try names(entry("b", created: "1"), entry("a", created: "2"), entry("c", created: "3"))
        == ["shared-tcp-port a 3307", "shared-tcp-port c 3307"])
  }

  @Test func autoAllocatedAddressesNeedDNSCapture() throws {
    let given = ["a", "b"].map {
      String(entry($0).dropLast())
        + #", "status": {"addresses": [{"value": "240.240.0.\#($0 == "a" ? 1 : 2)"}]}}"#
    }
    let capturing = #"{"proxy.istio.io/config": "proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\"}"}"#
    #expect(try names(given[0], given[1]) == ["shared-tcp-port b 3307"])
    #expect(try names(given[0], given[1], pod(annotations: capturing), only: ["shared-tcp-port"]) == [])
    let values = #"{"meshConfig": {"defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true"}}}}"#
    let found = try Lint().findings(in: ObjectList(jsonList(given)), values: MeshValues(values))
    #expect(found.findings.isEmpty)
  }

  @Test(arguments: [
    (#", "addresses": ["10.0.0.1"]"#, "TCP"), (#", "addresses": ["10.0.0.0/24"]"#, "TCP"), ("", "TLS"),
    ("", "HTTP"),
    (#", "exportTo": ["elsewhere"]"#, "TCP"),
  ])
  func distinguishableHosts(_ more: String, _ protocolName: String) throws {
    #expect(
      try names(entry("a"), entry("b", more, protocolName: protocolName), only: ["shared-tcp-port"]) == [])
  }

  private let gateway = #"""
    {"kind": "Gateway", "metadata": {"name": "gw", "namespace": "app"}, "spec": {"selector": {"istio": "in"},
    "servers": [{"port": {"number": 9000, "protocol": "TCP"}}, {"port": {"number": 80, "protocol": "HTTP"}}]}}
    """#

  private func front(_ ports: String) -> String {
    #"""
    {"kind": "Service", "metadata": {"name": "front", "namespace": "in"}, "spec": {"selector": {"istio": "in", "a": "b"},
    "ports": [\#(ports)]}}
    """#
  }

  @Test func portsOfGateways() throws {
    #expect(try names(gateway, front(#"{"port": 80}"#)) == ["gateway-port gw 9000"])
    #expect(try names(gateway, front(#"{"port": 80}, {"port": 9000, "name": "echo"}"#)) == [])
    #expect(try names(gateway, front(#"{"port": 80}, {"port": 31400, "targetPort": 9000}"#)) == [])
    #expect(
      try names(gateway, front(#"{"port": 80}, {"port": 9000, "protocol": "UDP"}"#)) == [
        "gateway-port gw 9000"
      ])
    #expect(try names(gateway) == [])
  }

  /// Pods determine the number of a named target port; without them it is unknown.
  @Test func portsOfGatewaysByName() throws {
    let named = front(#"{"port": 80}, {"port": 31400, "targetPort": "tcp"}"#)
    func gatewayPod(_ number: Int) -> String {
      #"""
      {"kind": "Pod", "metadata": {"name": "p", "namespace": "in", "labels": {"istio": "in", "a": "b"}}, "spec":
      {"containers": [{"name": "istio-proxy", "ports": [{"name": "tcp", "containerPort": \#(number)}]}]}}
      """#
    }
    #expect(try names(gateway, named) == [])
    #expect(try names(gateway, named, gatewayPod(9000)) == [])
    #expect(try names(gateway, named, gatewayPod(9001)) == ["gateway-port gw 9000"])
  }

  @Test func podsOfGateways() throws {
    let labels = #"{"istio": "in", "a": "c"}"#
    let spec =
      #"{"containers": [{"name": "istio-proxy", "ports": [{"containerPort": 9000, "hostPort": 9000}]}]}"#
    #expect(try names(gateway, pod(labels: labels, spec: spec)) == ["gateway-port gw 80"])
    #expect(try names(gateway, pod()) == ["gateway-port gw"])
  }

  private func routes(_ spec: String) -> String {
    #"{"kind": "VirtualService", "metadata": {"name": "vs", "namespace": "app"}, "spec": \#(spec)}"#
  }

  @Test(arguments: [
    (#"{"gateways": ["gw"], "tcp": [{"match": [{"port": 9000}]}]}"#, [String]()),
    (#"{"gateways": ["app/gw"], "tcp": [{"match": [{"port": 9001}]}]}"#, ["virtual-service-port vs 9001"]),
    (#"{"gateways": ["gw"], "tcp": [{"match": [{"port": 80}]}]}"#, ["virtual-service-port vs 80"]),
    (#"{"gateways": ["gw"], "tcp": [{"match": [{}]}]}"#, []),
    (#"{"gateways": ["gw", "mesh"], "tcp": [{"match": [{"port": 1}]}]}"#, []),
    (
      #"{"gateways": ["mesh", "gw"], "tcp": [{"match": [{"port": 1, "gateways": ["gw"]}]}]}"#,
      ["virtual-service-port vs 1"]
    ),
    (#"{"gateways": ["other/gw"]}"#, ["virtual-service-port vs"]), ("{}", []),
    (#"{"gateways": ["./gw", "gw.app", "gw.app.svc.cluster.local"]}"#, []),
    (#"{"gateways": ["./gw"], "tcp": [{"match": [{"port": 9001}]}]}"#, ["virtual-service-port vs 9001"]),
    (
      #"{"gateways": ["gw.app"], "tcp": [{"match": [{"port": 80, "gateways": ["gw.app.svc.x"]}]}]}"#,
      ["virtual-service-port vs 80"]
    ),
    (#"{"gateways": ["./other", "gw.other"]}"#, ["virtual-service-port vs", "virtual-service-port vs"]),
  ])
  func portsOfVirtualServices(_ spec: String, _ found: [String]) throws {
    #expect(try names(gateway, routes(spec)) == found)
  }

  @Test(arguments: [
    ("s", "80", true), ("s", "81", false), ("s.app.svc.cluster.local", "80", true), ("s.app", "80", false),
    ("t", "80", false), ("*.example.com", "80", false), ("a.wild.example", "443", true),
    ("a.wild.example", "80", false),
  ])
  func targetsOfRoutes(_ host: String, _ port: String, _ isThere: Bool) throws {
    let wild =
      #"{"kind": "ServiceEntry", "spec": {"hosts": ["*.wild.example"], "ports": [{"number": 443, "protocol": "TLS"}]}}"#
    let target = #"{"destination": {"host": "\#(host)", "port": {"number": \#(port)}}}"#
    for spec in [
      #"{"http": [{"route": [\#(target)]}]}"#, #"{"tls": [{"route": [\#(target)]}]}"#,
      #"{"tcp": [{"route": [\#(target), \#(target)]}]}"#, #"{"http": [{"mirrors": [\#(target)]}]}"#,
    ] {
      let found = try names(routes(spec), wild, service("s", #"{"name": "http", "port": 80}"#))
      #expect(found == (isThere ? [] : ["route-target vs \(port)"]), "\(spec)")
    }
  }

  @Test func routesToUDPPorts() throws {
    let dns = service("s", #"{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "tcp-a", "port": 80}"#)
    let both = service(
      "s", #"{"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "tcp-dns", "port": 53}"#)
    let spec = #"{"tcp": [{"route": [{"destination": {"host": "s", "port": {"number": 53}}}]}]}"#
    #expect(try names(routes(spec), dns) == ["route-target vs 53"])
    #expect(try names(routes(spec), both) == [])
    let findings = try Lint().findings(in: ObjectList(routes(spec), dns)).findings
    #expect(findings.first?.what.hasSuffix("which has 80, and 53 only for UDP") == true)
  }
}
