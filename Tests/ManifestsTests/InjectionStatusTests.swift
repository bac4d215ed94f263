import Intercept
import Manifests
import Testing

/// The injection status of pods, observed through lint rules.
struct InjectionStatusTests {
  /// Returns the findings for Istio 1.26, the last release without native sidecars by default.
  private func rules(
    _ pod: String, namespace labels: String = "{}", assumesInjection: Bool = false
  ) throws -> [String] {
    let namespace = #"{"kind": "Namespace", "metadata": {"name": "app", "labels": \#(labels)}}"#
    let list = try ObjectList(pod, namespace)
    return try Lint().findings(
      in: list, release: IstioRelease(minor: 26), assumesInjection: assumesInjection
    ).findings.map(\.rule)
  }

  private let held = #""proxy.istio.io/config": "holdApplicationUntilProxyStarts: true""#

  /// Returns a pod that waits for its proxy and has a probe: correct before injection; if it is injected, neither is
  /// in effect.
  private func pod(annotations: String = "", proxy: String, initContainers: String = "") -> String {
    ManifestsTests.pod(
      annotations: "{\(held)\(annotations)}",
      spec: #"""
        {"initContainers": [\#(initContainers)], "containers": [{"name": "a", "readinessProbe": {"httpGet": {"port": 80}}}
        \#(proxy)]}
        """#)
  }

  @Test(arguments: [
    (#", {"name": "istio-proxy", "image": "auto", "resources": {}}"#, "", "", false),
    (#", {"name": "istio-proxy"}"#, "", "", false),
    (#", {"name": "istio-proxy", "image": "istio/proxyv2:1.22.3"}"#, "", "", true),
    (#", {"name": "istio-proxy", "image": "auto"}"#, #", "sidecar.istio.io/status": "{}""#, "", false),
    (#", {"name": "istio-proxy"}"#, "", #"{"name": "istio-init", "args": ["-b", "*"]}"#, true),
    (#", {"name": "istio-proxy"}"#, "", #"{"name": "istio-validation", "args": ["-b", "*"]}"#, true),
  ])
  func injectedPods(
    _ proxy: String, _ annotations: String, _ initContainers: String, _ isInjected: Bool
  ) throws {
    let text = pod(annotations: annotations, proxy: proxy, initContainers: initContainers)
    #expect(try rules(text) == (isInjected ? ["start-order", "probe-not-rewritten"] : []))
  }

  /// A customised proxy container indicates injection.
  @Test func customisedProxies() throws {
    let own = #"{"containers": [{"name": "a"}, {"name": "istio-proxy", "image": "auto"}]}"#
    #expect(try rules(ManifestsTests.pod(spec: own)) == ["start-order"])
    let gateway = #"{"containers": [{"name": "istio-proxy", "image": "auto"}]}"#
    #expect(try rules(ManifestsTests.pod(spec: gateway), assumesInjection: true) == [])
  }

  @Test func injectionOfCustomisedProxiesCanBeDisabled() throws {
    func list(_ image: String) throws -> ObjectList {
      let rules = image == "auto" ? "" : #"{"name": "istio-init", "args": []}"#
      let spec =
        #"{"initContainers": [\#(rules)], "containers": [{"name": "istio-proxy", "image": "\#(image)"}]}"#
      return try ObjectList(ManifestsTests.pod(labels: #"{"sidecar.istio.io/inject": "false"}"#, spec: spec))
    }
    #expect(try list("auto").podOptions(named: nil, in: MeshValues()).noRules != nil)
    #expect(try list("istio/proxyv2:1.22.3").podOptions(named: nil, in: MeshValues()).warnings == [])
  }

  private static let ask = #"{"sidecar.istio.io/inject": "true"}"#

  @Test(arguments: [
    ("{}", "{}", false, true), (#"{"istio-injection": "enabled"}"#, "{}", true, true),
    (#"{"istio.io/rev": "x"}"#, "{}", true, true), ("{}", ask, true, true),
    (#"{"istio-injection": "disabled"}"#, "{}", false, false),
    (#"{"istio-injection": "disabled"}"#, ask, false, false),
    (#"{"istio-injection": "disabled", "istio.io/rev": "x"}"#, #"{"istio.io/rev": "x"}"#, false, false),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, "{}", false, false),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, ask, true, true),
    (#"{"istio.io/dataplane-mode": "ambient", "istio-injection": "enabled"}"#, "{}", true, true),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, #"{"istio.io/dataplane-mode": "none"}"#, false, true),
    ("{}", #"{"istio.io/dataplane-mode": "ambient"}"#, false, false),
  ])
  func namespaces(_ namespace: String, _ labels: String, _ isFound: Bool, _ isFoundIfAssumed: Bool) throws {
    let text = ManifestsTests.pod(labels: labels, spec: #"{"containers": [{"name": "a"}]}"#)
    for (assumes, found) in [(false, isFound), (true, isFoundIfAssumed)] {
      let rules = try rules(text, namespace: namespace, assumesInjection: assumes)
      #expect(rules == (found ? ["start-order"] : []), "\(assumes)")
    }
  }
}
