import Intercept
import Manifests
import Testing

/// Lint rules about pods.
struct PodLintTests {
  private let held = #"{"proxy.istio.io/config": "holdApplicationUntilProxyStarts: true"}"#

  /// Returns the findings for Istio 1.26, the last release without native sidecars by default.
  private func found(_ text: String, assumesInjection: Bool = false, values: String = "{}") throws -> [String]
  {
    let result = try Lint().findings(
      in: ObjectList(text), values: MeshValues(values), release: IstioRelease(minor: 26),
      assumesInjection: assumesInjection)
    return result.findings.map { "\($0.rule)\($0.port.map { " \($0)" } ?? "")" }
  }

  @Test(arguments: [
    (#"{"containers": [{"name": "a", "securityContext": {"runAsUser": 1337}}]}"#, 1),
    (#"{"securityContext": {"runAsUser": 1337}, "containers": [{"name": "a"}, {"name": "b"}]}"#, 2),
    (#"{"securityContext": {"runAsUser": 1337}, "containers": [{"securityContext": {"runAsUser": 1}}]}"#, 0),
    (#"{"containers": [{"securityContext": {"runAsUser": 1337, "runAsGroup": 1337}}]}"#, 2),
    (#"{"containers": [], "initContainers": [{"securityContext": {"runAsUser": 1337}}]}"#, 0),
    (
      #"{"containers": [], "initContainers": [{"restartPolicy": "Always", "securityContext": {"runAsUser": 1337}}]}"#,
      1
    ),
    (#"{"containers": [{"securityContext": {"runAsUser": 9223372036854775807}}]}"#, 0),
  ])
  func containersThatRunAsTheProxy(_ spec: String, _ count: Int) throws {
    #expect(try found(pod(annotations: held, spec: spec)) == Array(repeating: "proxy-owner", count: count))
  }

  @Test func ownersOfTheInitContainer() throws {
    let spec = #"""
      {"initContainers": [{"name": "istio-init", "args": ["-u", "2000", "-g", "3000"]}], "containers": [
      {"name": "istio-proxy", "securityContext": {"runAsUser": 2000}, "lifecycle": {"postStart": {"exec": {"command":
      ["pilot-agent", "wait"]}}}}, {"name": "a", "securityContext": {"runAsUser": 1337}},
      {"name": "b", "securityContext": {"runAsUser": 2000, "runAsGroup": 2000}}]}
      """#
    #expect(try found(pod(spec: spec)) == ["proxy-owner"])
  }

  @Test(arguments: [
    (15000, true), (15001, true), (15002, true), (15003, false), (15004, true), (15005, false), (15006, true),
    (15007, false), (15008, true), (15009, false), (15010, false), (15011, false), (15012, false),
    (15020, true), (15021, true),
    (15022, false), (15053, true), (15090, true), (14999, false), (8080, false),
  ])
  func portsOfIstios(_ port: Int, _ isFound: Bool) throws {
    let spec = #"{"containers": [{"name": "a", "ports": [{"containerPort": \#(port)}]}]}"#
    #expect(try found(pod(annotations: held, spec: spec)) == (isFound ? ["istio-port \(port)"] : []))
  }

  private func lists(_ annotations: [String: String], port: Int = 8080) throws -> [String] {
    let words = annotations.map { #", "traffic.sidecar.istio.io/\#($0)": "\#($1)""# }.joined()
    let text = held.dropLast() + words + "}"
    return try found(
      pod(
        annotations: String(text),
        spec: #"{"containers": [{"name": "a", "ports": [{"containerPort": \#(port)}]}]}"#))
  }

  @Test func listsOfPorts() throws {
    #expect(
      try lists(["includeInboundPorts": "8080,9090", "excludeInboundPorts": "9090"]) == [
        "excluded-and-included 9090"
      ])
    #expect(try lists(["includeInboundPorts": "*", "excludeInboundPorts": "9090"]) == [])
    #expect(
      try lists(["includeOutboundPorts": "25", "excludeOutboundPorts": "20,25"]) == [
        "excluded-and-included 25"
      ])
    #expect(try lists(["includeInboundPorts": "9090"]) == ["inbound-port-left-out 8080"])
    #expect(try lists(["includeInboundPorts": ""]) == ["inbound-port-left-out 8080"])
    #expect(try lists(["includeInboundPorts": "9090", "excludeInboundPorts": "8080"]) == [])
    #expect(try lists(["includeInboundPorts": "8000:9000"]) == ["injection-refused"])
    #expect(try lists(["includeInboundPorts": "abc"]) == ["injection-refused"])
  }

  @Test func refusals() throws {
    #expect(try found(pod(annotations: #"{"proxy.istio.io/config": "a: *b"}"#)) == ["injection-refused"])
    #expect(
      try found(pod(annotations: #"{"sidecar.istio.io/interceptionMode": "BOTH"}"#)) == ["injection-refused"])
    #expect(try found(pod(annotations: #"{"sidecar.istio.io/interceptionMode": "NONE"}"#)) == [])
  }

  /// A list that is rejected counts as not given.
  @Test(arguments: [
    #"{"traffic.sidecar.istio.io/includeInboundPorts": "abc"}"#, #"{"proxy.istio.io/config": "a: *b"}"#,
  ])
  func otherFindingsOfARejectedPod(annotations: String) throws {
    let spec =
      #"{"containers": [{"name": "a", "securityContext": {"runAsUser": 1337}, "ports": [{"containerPort": 80}]}]}"#
    let rules = try found(pod(annotations: annotations, spec: spec))
    #expect(rules.contains("injection-refused") && rules.contains("proxy-owner"), "\(rules)")
    #expect(!rules.contains { $0.hasPrefix("inbound-port-left-out") }, "\(rules)")
  }

  /// Lists that the injector rejects and the program that installs the rules accepts.
  @Test(arguments: [
    ("includeInboundPorts", "80,", true), ("includeInboundPorts", " 80 , 443 ", false),
    ("excludeInboundPorts", "*", true), ("excludeOutboundPorts", "80:90", true),
    ("excludeOutboundPorts", "+80", true),
    ("includeOutboundPorts", "80:90", false), ("includeOutboundIPRanges", "10.0.0.0/8, 11.0.0.0/8", true),
    ("includeOutboundIPRanges", "10.0.0.0/8,fd00::/8", false), ("includeOutboundIPRanges", "", false),
    ("excludeOutboundIPRanges", "10.0.0.1", true),
  ])
  func listsThatTheInjectorRejects(_ annotation: String, _ list: String, _ isRejected: Bool) throws {
    let found = try lists([annotation: list])
    #expect(found.contains("injection-refused") == isRejected, "\(found)")
  }

  @Test(arguments: [
    ("proxyMetadata: {A: true}", true), (#"proxyMetadata: {A: \"true\"}"#, false),
    ("proxyMetadata: {A: 1}", true),
    ("proxyMetadata: [a]", true), ("proxyMetadata:", false),
    (#"holdApplicationUntilProxyStarts: \"true\""#, true),
    ("holdApplicationUntilProxyStarts: true", false), ("holdApplicationUntilProxyStarts: yes", false),
    ("holdApplicationUntilProxyStarts: 1", true), ("- a", true), ("[]", true), ("{}", false), ("", false),
  ])
  func settingsOfWrongTypesAreRejected(_ config: String, _ isRejected: Bool) throws {
    let annotations = #"{"proxy.istio.io/config": "\#(config)"}"#
    #expect(
      try found(pod(annotations: annotations)) == (isRejected ? ["injection-refused"] : []), "\(config)")
    // An injected pod was not rejected.
    let made = #"{"initContainers": [{"name": "istio-init", "args": []}], "containers": []}"#
    #expect(try found(pod(annotations: annotations, spec: made)) == [])
  }

  private let app = #"{"containers": [{"name": "a"}]}"#

  @Test func startOrder() throws {
    let asks = #"{"sidecar.istio.io/inject": "true"}"#
    #expect(try found(pod(labels: asks, spec: app)) == ["start-order"])
    #expect(try found(pod(annotations: held, labels: asks, spec: app)) == [])
    #expect(
      try found(pod(annotations: #"{"sidecar.istio.io/nativeSidecar": "true"}"#, labels: asks, spec: app))
        == [])
    #expect(
      try found(pod(labels: asks, spec: app), values: #"{"holdApplicationUntilProxyStarts": true}"#) == [])
    let refuses = pod(
      annotations: #"{"proxy.istio.io/config": "holdApplicationUntilProxyStarts: false"}"#, spec: app)
    let byDefault = #"{"meshConfig": {"defaultConfig": {"holdApplicationUntilProxyStarts": true}}}"#
    #expect(try found(refuses, values: #"{"holdApplicationUntilProxyStarts": true}"#) == [])
    #expect(try found(refuses, values: byDefault) == ["start-order"])
    #expect(try found(pod(labels: asks, spec: app), values: byDefault) == [])
  }

  @Test func podsOutsideTheMesh() throws {
    #expect(try found(pod(spec: app)) == [])
    #expect(try found(pod(spec: app), assumesInjection: true) == ["start-order"])
    #expect(try Lint().findings(in: ObjectList(pod(spec: app))).podsWithUndeterminedInjection == 1)
    let wrong = #"{"containers": [{"name": "a", "ports": [{"containerPort": 15001}]}]"#
    #expect(try found(pod(spec: wrong + "}")) == ["istio-port 15001"])
    #expect(try found(pod(spec: wrong + "}", status: #"{"phase": "Running"}"#)) == [])
    #expect(try found(pod(labels: #"{"sidecar.istio.io/inject": "false"}"#, spec: wrong + "}")) == [])
    #expect(try found(pod(spec: wrong + #", "hostNetwork": true}"#)) == [])
    let namespace =
      #"{"kind": "Namespace", "metadata": {"name": "app", "labels": {"istio-injection": "enabled"}}}"#
    #expect(try found(jsonList([pod(spec: app), namespace])) == ["start-order"])
  }

  @Test func injectedPods() throws {
    func injected(_ proxy: String, _ probe: String) -> String {
      pod(
        spec: #"""
          {"initContainers": [{"name": "istio-init", "args": ["istio-iptables", "-b", "*", "-d", "15090,15021,15020,9090"]}
          \#(proxy.contains("Always") ? "," + proxy : "")], "containers": [{"name": "a", "readinessProbe": {"httpGet":
          \#(probe)}}\#(proxy.contains("Always") ? "" : "," + proxy)]}
          """#, status: #"{"phase": "Running"}"#)
    }
    let native = #"{"name": "istio-proxy", "restartPolicy": "Always"}"#
    #expect(
      try found(injected(#"{"name": "istio-proxy"}"#, #"{"path": "/app-health/a/readyz", "port": 15020}"#))
        == ["start-order"])
    #expect(try found(injected(native, #"{"path": "/ready", "port": 8080}"#)) == ["probe-not-rewritten"])
    #expect(try found(injected(native, #"{"path": "/ready", "port": 9090}"#)) == [])
    #expect(try found(injected(native, #"{"path": "/ready", "port": "http"}"#)) == ["probe-not-rewritten"])
  }

  @Test(arguments: [("false", 1), ("0", 1), ("true", 0), ("maybe", 0)])
  func probesWithoutRewriting(_ value: String, _ count: Int) throws {
    let annotations = held.dropLast() + #", "sidecar.istio.io/rewriteAppHTTPProbers": "\#(value)"}"#
    let spec = #"{"containers": [{"name": "a", "livenessProbe": {"httpGet": {"port": 8080}}}]}"#
    #expect(try found(pod(annotations: String(annotations), spec: spec)).count == count)
    let values = #"{"sidecarInjectorWebhook": {"rewriteAppHTTPProbe": false}}"#
    #expect(try found(pod(annotations: held, spec: spec), values: values) == ["probe-not-rewritten"])
  }

  @Test func equalFindingsOfOneControllerAreReportedOnce() throws {
    let pods = (1...3).map { number in
      #"""
      {"kind": "Pod", "metadata": {"name": "p\#(number)", "namespace": "app", "ownerReferences": [{"kind": "ReplicaSet",
      "name": "r"}]}, "spec": {"containers": [{"name": "a", "ports": [{"containerPort": 15001}]}]}}
      """#
    }
    let findings = try Lint().findings(in: ObjectList(jsonList(pods))).findings
    #expect(findings.map(\.repeats) == [2])
    #expect(
      findings.first?.text(.plain).hasPrefix("Pod app/p1, port 15001 and 2 more like it: istio-port\n")
        == true)
  }
}
