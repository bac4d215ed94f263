import Intercept
import Manifests
import Testing

/// Correct manifests that look like mistakes, and mistakes that look correct.
struct LintExceptionTests {
  private func found(
    _ objects: String..., only: [String] = [], release: String? = nil, values: String = "{}",
    assumesInjection: Bool = false
  ) throws -> [String] {
    try Lint(only: only).findings(
      in: ObjectList(jsonList(objects)), values: MeshValues(values),
      release: release.flatMap { IstioRelease($0) },
      assumesInjection: assumesInjection
    ).findings.map { "\($0.rule) \($0.object.name)\($0.port.map { " \($0)" } ?? "")" }
  }

  private func service(
    _ name: String, _ ports: String = #"{"name": "tcp", "port": 80}"#, namespace: String = "app",
    exportTo: String = "*",
    labels: String = "{}", more: String = #""clusterIP": "10.0.0.1""#
  ) -> String {
    #"""
    {"kind": "Service", "metadata": {"name": "\#(name)", "namespace": "\#(namespace)", "labels": \#(labels),
    "annotations": {"networking.istio.io/exportTo": "\#(exportTo)"}}, "spec": {"ports": [\#(ports)], \#(more)}}
    """#
  }

  private func routes(_ host: String, port: Int? = nil, gateways: String = "[]", namespace: String = "app")
    -> String
  {
    let port = port.map { #", "port": {"number": \#($0)}"# } ?? ""
    return #"""
      {"kind": "VirtualService", "metadata": {"name": "vs", "namespace": "\#(namespace)"}, "spec": {"gateways": \#(gateways),
      "hosts": ["x"], "tcp": [{"route": [{"destination": {"host": "\#(host)"\#(port)}}]}]}}
      """#
  }

  @Test(arguments: [
    ("*", true), (".", false), ("app", true), ("other,app", true), ("third", false), ("~", false),
    ("app,.", true),
  ])
  func routesToHostsThatAreNotExported(_ exportTo: String, _ isVisible: Bool) throws {
    let target = service("t", namespace: "other", exportTo: exportTo)
    let found = try found(routes("t.other.svc.cluster.local"), target, only: ["route-target"])
    #expect(found == (isVisible ? [] : ["route-target vs"]))
  }

  /// The routes of a gateway need the hosts that the gateway's namespace sees.
  @Test(arguments: [("in", true), ("app", false), ("*", true)])
  func routesOfGateways(_ exportTo: String, _ isVisible: Bool) throws {
    let gateway = #"""
      {"kind": "Gateway", "metadata": {"name": "gw", "namespace": "app"}, "spec": {"selector": {"istio": "in"}, "servers":
      [{"port": {"number": 80, "protocol": "TCP"}}]}}
      """#
    let front = service("front", namespace: "in", more: #""selector": {"istio": "in"}"#)
    let target = service("t", namespace: "other", exportTo: exportTo)
    let routes = routes("t.other.svc.cluster.local", gateways: #"["gw"]"#)
    #expect(
      try found(routes, gateway, front, target, only: ["route-target"])
        == (isVisible ? [] : ["route-target vs"]))
    #expect(try found(routes, gateway, target, only: ["route-target"]) == [])
  }

  private func entry(_ resolution: String) -> String {
    #"""
    {"kind": "ServiceEntry", "metadata": {"name": "e", "namespace": "app"}, "spec": {"hosts": ["e.example"], "resolution":
    "\#(resolution)", "ports": [{"number": 80, "protocol": "TCP"}]}}
    """#
  }

  @Test(arguments: [("DNS", true), ("STATIC", true), ("NONE", false)])
  func resolutionNoneKeepsTheDestination(_ resolution: String, _ isFound: Bool) throws {
    let found = try found(entry(resolution), service("s", namespace: "b"), only: ["catch-all-listener"])
    #expect(found == (isFound ? ["catch-all-listener e 80"] : []))
  }

  private let held = #""proxy.istio.io/config": "holdApplicationUntilProxyStarts: true""#

  @Test(arguments: [
    (#""readiness.status.sidecar.istio.io/initialDelaySeconds": "x""#, "1.30", true),
    (#""readiness.status.sidecar.istio.io/periodSeconds": "-1""#, "1.14", true),
    (#""readiness.status.sidecar.istio.io/failureThreshold": "4294967296""#, "1.30", true),
    (#""readiness.status.sidecar.istio.io/failureThreshold": "30""#, "1.30", false),
    (#""prometheus.istio.io/merge-metrics": "yes""#, "1.30", true),
    (#""prometheus.istio.io/merge-metrics": "T""#, "1.30", false),
    (#""sidecar.istio.io/enableCoreDump": "yes""#, "1.24", true),
    (#""sidecar.istio.io/enableCoreDump": "yes""#, "1.25", false),
    (#""sidecar.istio.io/proxyCPU": "1x""#, "1.28", false),
    (#""sidecar.istio.io/proxyCPU": "1x""#, "1.29", true),
    (#""sidecar.istio.io/proxyMemory": "128 Mi""#, "1.30", true),
    (#""sidecar.istio.io/proxyMemoryLimit": """#, "1.30", true),
    (#""sidecar.istio.io/proxyCPULimit": "1.5.0""#, "1.30", true),
    (#""sidecar.istio.io/proxyCPULimit": "1e3""#, "1.30", false),
    (#""sidecar.istio.io/proxyCPULimit": ".5""#, "1.30", false),
    (#""sidecar.istio.io/proxyMemory": "128Mi""#, "1.30", false),
    (#""status.sidecar.istio.io/port": "0""#, "1.30", false),
    (#""status.sidecar.istio.io/port": "65536""#, "1.30", true),
  ])
  func annotationsThatTheInjectorChecks(_ annotation: String, _ release: String, _ isRefused: Bool) throws {
    let found = try found(pod(annotations: "{\(held), \(annotation)}"), release: release)
    #expect(found == (isRefused ? ["injection-refused web"] : []))
  }

  @Test(arguments: [
    ("concurrency: two", true), ("concurrency: 2", false), (#"concurrency: \"2\""#, false),
    ("concurrency: 1.5", true),
    ("drainDuration: 10", true), ("drainDuration: 10s", false), ("drainDuration: 1m", true),
    ("drainDuration: 0s", true), ("drainDuration: 1.5s", true), ("terminationDrainDuration: 1.5s", false),
    ("terminationDrainDuration: 5", true), ("discoveryAddress: foo", true),
    ("discoveryAddress: foo:1", false),
    ("discoveryAddress: istiod.istio-system.svc:15012", false),
    (#"discoveryAddress: \"[::1]:15012\""#, false),
    ("discoveryAddress: foo:0", true), ("discovery_address: foo", true), ("statusPort: 0", true),
    ("statusPort: 15020", false), ("proxyAdminPort: 70000", true), ("interceptionMode: BOTH", true),
    ("interceptionMode: 1", false), ("interceptionMode: TPROXY", false), ("tracing: x", true),
    ("tracing: {}", false),
    ("image: {imageType: debug}", false), ("extraStatTags: a", true), ("extraStatTags: [a]", false),
    ("unknownField: x", false), ("binaryPath: 5", true), ("runtimeValues: {a: 1}", true),
  ])
  func settingsOfTheProxy(_ setting: String, _ isRefused: Bool) throws {
    let text = pod(annotations: #"{"proxy.istio.io/config": "\#(setting)"}"#)
    #expect(try found(text, only: ["injection-refused"]) == (isRefused ? ["injection-refused web"] : []))
  }

  @Test(arguments: [
    (nil, "", "{}", false), (nil, "v1.32.9", "{}", true), ("1.26", "", "{}", true), ("1.27", "", "{}", false),
    ("1.30", "", "{}", false),
    ("1.30", "v1.33.1", "{}", false),
    ("1.30", "v1.32.9", "{}", true), ("1.26", "v1.33.1", "{}", true),
    ("1.30", "", #"{"pilot": {"env": {"ENABLE_NATIVE_SIDECARS": "false"}}}"#, true),
    ("1.30", "v1.20.0", #"{"pilot": {"env": {"ENABLE_NATIVE_SIDECARS": "true"}}}"#, false),
    ("1.30", "v1.20.0", #"{"pilot": {"env": {"ENABLE_NATIVE_SIDECARS": "auto"}}}"#, true),
  ])
  func nativeSidecars(_ release: String?, _ version: String, _ values: String, _ isFound: Bool) throws {
    let node =
      #"{"kind": "Node", "metadata": {"name": "n"}, "status": {"nodeInfo": {"kubeletVersion": "\#(version)"}}}"#
    let web = pod(labels: #"{"sidecar.istio.io/inject": "true"}"#, spec: #"{"containers": [{"name": "a"}]}"#)
    let found =
      try version.isEmpty
      ? found(web, release: release, values: values) : found(web, node, release: release, values: values)
    #expect(found == (isFound ? ["start-order web"] : []))
  }

  @Test func waypoints() throws {
    let ports = #"{"name": "mesh", "port": 15008}, {"name": "status-port", "port": 15021}"#
    let labels = #"{"gateway.networking.k8s.io/gateway-name": "waypoint"}"#
    #expect(try found(service("waypoint", ports, labels: labels)) == [])
    #expect(try found(service("waypoint", ports)) == ["port-name waypoint 15008"])
  }

  @Test func gatewaysOfTheGatewayAPI() throws {
    let gateway =
      #"{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "gw", "namespace": "app"}}"#
    let bound = #"""
      {"kind": "VirtualService", "metadata": {"name": "vs", "namespace": "app"}, "spec": {"gateways": ["gw"], "tcp":
      [{"match": [{"port": 9000}]}]}}
      """#
    #expect(try found(bound, gateway) == [])
    let other = gateway.replacing("gw", with: "other")
    #expect(try found(bound, other) == ["virtual-service-port vs"])
    // A list without Gateways is a part of a mesh.
    #expect(try found(bound) == [])
  }

  @Test(arguments: [
    (
      #"{"containers": [{"name": "a", "readinessProbe": {"httpGet": {"port": 80}}}], "hostNetwork": true}"#,
      "{}"
    ),
    (
      #"{"containers": [{"name": "a", "readinessProbe": {"httpGet": {"port": 80}}}]}"#,
      #"{"inject.istio.io/templates": "grpc-agent", "sidecar.istio.io/rewriteAppHTTPProbers": "false"}"#
    ),
    (
      #"{"containers": [{"name": "a", "readinessProbe": {"httpGet": {"port": 80}}}, {"name": "istio-proxy"}]}"#,
      #"{"sidecar.istio.io/status": "{}"}"#
    ),
    (
      #"{"containers": [{"name": "a", "readinessProbe": {"httpGet": {"port": 80}}}]}"#,
      #"{"sidecar.istio.io/interceptionMode": "NONE", "sidecar.istio.io/rewriteAppHTTPProbers": "false"}"#
    ),
  ])
  func podsWithoutRules(_ spec: String, _ annotations: String) throws {
    let web = pod(annotations: annotations, labels: #"{"sidecar.istio.io/inject": "true"}"#, spec: spec)
    #expect(try found(web, assumesInjection: true) == [])
  }

  private func alias(_ ports: String) -> String {
    service("alias", ports, more: #""type": "ExternalName", "externalName": "t.other.svc.cluster.local""#)
  }

  @Test(arguments: [
    ("1.20", "", 80, true), ("1.21", "", 80, false), ("1.30", "", 80, false), ("1.30", "", 81, true),
    ("1.20", #"{"name": "tcp", "port": 80}"#, 80, false),
    ("1.30", #"{"name": "tcp", "port": 81}"#, 80, false),
  ])
  func aliases(_ release: String, _ ports: String, _ port: Int, _ isFound: Bool) throws {
    let objects = (routes("alias", port: port), alias(ports), service("t", namespace: "other"))
    let found = try found(objects.0, objects.1, objects.2, only: ["route-target"], release: release)
    #expect(found == (isFound ? ["route-target vs \(port)"] : []))
    // The target of an alias may be in another list.
    let alone = try self.found(objects.0, objects.1, only: ["route-target"], release: release)
    #expect(alone == (release == "1.20" && isFound ? ["route-target vs \(port)"] : []))
  }

  @Test func hostsOfOtherClusters() throws {
    #expect(
      try found(routes("t.other.svc.clusterset.local", port: 80), service("s"), only: ["route-target"]) == [])
  }

  @Test func sctpIsNotUDP() throws {
    let sctp = service("s", #"{"name": "x", "port": 80, "protocol": "SCTP"}"#)
    #expect(try found(routes("s", port: 80), sctp) == [])
    let udp = service("s", #"{"name": "x", "port": 80, "protocol": "UDP"}"#)
    #expect(try found(routes("s", port: 80), udp) == ["route-target vs 80"])
  }

  @Test func gatewaysWithoutAPortDoNotEndTheRun() throws {
    let gateway = #"{"kind": "Gateway", "metadata": {"name": "gw"}, "spec": {"servers": [{"hosts": ["*"]}]}}"#
    #expect(try found(gateway, service("s", #"{"name": "web", "port": 80}"#)) == ["port-name s 80"])
  }

  @Test func systemNamespaces() throws {
    let web = #"""
      {"kind": "Pod", "metadata": {"name": "p", "namespace": "local-path-storage"}, "spec": {"containers": [{"name": "a"}]}}
      """#
    #expect(try found(web, assumesInjection: true) == [])
  }
}
