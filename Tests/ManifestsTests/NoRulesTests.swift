import Intercept
import Manifests
import Testing

/// Pods for which Istio installs no rules.
struct NoRulesTests {
  private static let app = #"{"containers": [{"name": "a"}]}"#

  /// Returns the reason; nil if the pod of `app/web` gets rules.
  private func reason(_ objects: String..., values: String = "{}") throws -> String? {
    let options = try ObjectList(jsonList(objects)).podOptions(named: nil, in: MeshValues(values))
    #expect(options.options.isEmpty == (options.noRules != nil))
    guard let none = options.noRules else { return nil }
    #expect(none.object.path.hasSuffix("/web"))
    #expect(none.description.contains("no rules, because \(none.reason)"))
    return none.reason
  }

  private static func namespace(_ labels: String) -> String {
    #"{"kind": "Namespace", "metadata": {"name": "app", "labels": \#(labels)}}"#
  }

  private static func templates(_ names: String) -> String { #"{"inject.istio.io/templates": "\#(names)"}"# }

  @Test(arguments: [
    ("gateway", false), ("grpc-agent", false), ("grpc-simple", false), ("custom", false), ("", false),
    ("gateway,custom", false), ("sidecar", true), ("sidecar,custom", true), (" custom , sidecar ", true),
  ])
  func templatesOfTheInjector(_ names: String, _ hasRules: Bool) throws {
    let reason = try reason(pod(annotations: Self.templates(names), spec: Self.app))
    #expect((reason == nil) == hasRules)
    #expect(hasRules || reason?.contains("inject.istio.io/templates") == true)
  }

  @Test func templatesOfTheInstallation() throws {
    let gateways = #"{"sidecarInjectorWebhook": {"defaultTemplates": ["gateway"]}}"#
    #expect(try reason(pod(spec: Self.app), values: gateways)?.contains("gateway") == true)
    #expect(try reason(pod(annotations: Self.templates("sidecar"), spec: Self.app), values: gateways) == nil)
    let both =
      #"{"sidecarInjectorWebhook": {"defaultTemplates": ["sidecar", "x"], "templates": {"x": "{}"}}}"#
    #expect(try reason(pod(spec: Self.app), values: both) == nil)
    let replaced = #"{"sidecarInjectorWebhook": {"templates": {"sidecar": "spec: {}"}}}"#
    #expect(try reason(pod(spec: Self.app), values: replaced) != nil)
  }

  @Test(arguments: ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"])
  func systemNamespaces(_ namespace: String) throws {
    let text =
      #"{"kind": "Pod", "metadata": {"name": "web", "namespace": "\#(namespace)"}, "spec": \#(Self.app)}"#
    #expect(try reason(text)?.contains(namespace) == true)
  }

  @Test(arguments: [
    (#"{"istio-injection": "disabled"}"#, "{}", false),
    (#"{"istio-injection": "disabled"}"#, #"{"sidecar.istio.io/inject": "true"}"#, false),
    (#"{"istio-injection": "disabled", "istio.io/rev": "x"}"#, #"{"istio.io/rev": "x"}"#, false),
    (#"{"istio-injection": "enabled"}"#, "{}", true),
    (#"{"istio-injection": "enabled"}"#, #"{"sidecar.istio.io/inject": "false"}"#, false),
    ("{}", #"{"sidecar.istio.io/inject": "false"}"#, false),
    ("{}", #"{"sidecar.istio.io/inject": "no"}"#, true), ("{}", "{}", true),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, "{}", false),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, #"{"istio.io/dataplane-mode": "none"}"#, true),
    (#"{"istio.io/dataplane-mode": "ambient", "istio-injection": "enabled"}"#, "{}", true),
    (#"{"istio.io/dataplane-mode": "ambient"}"#, #"{"sidecar.istio.io/inject": "true"}"#, true),
    ("{}", #"{"istio.io/dataplane-mode": "ambient"}"#, false),
  ])
  func labels(_ namespace: String, _ labels: String, _ hasRules: Bool) throws {
    let reason = try reason(pod(labels: labels, spec: Self.app), Self.namespace(namespace))
    #expect((reason == nil) == hasRules, "\(reason ?? "")")
  }

  @Test(arguments: [
    #"{"sidecar.istio.io/inject": "false"}"#, #"{"sidecar.istio.io/interceptionMode": "NONE"}"#,
    #"{"proxy.istio.io/config": "interceptionMode: NONE"}"#, #"{"ambient.istio.io/redirection": "enabled"}"#,
    #"{"sidecar.istio.io/status": "{}"}"#,
  ])
  func annotations(_ annotations: String) throws {
    #expect(try reason(pod(annotations: annotations, spec: Self.app)) != nil)
  }

  @Test func theLabelPrecedesTheAnnotation() throws {
    let text = pod(
      annotations: #"{"sidecar.istio.io/inject": "false"}"#, labels: #"{"sidecar.istio.io/inject": "true"}"#,
      spec: Self.app)
    #expect(try reason(text) == nil)
  }

  @Test(arguments: [
    (#"{"containers": [{"name": "a"}], "hostNetwork": true}"#, false),
    (#"{"containers": [{"name": "istio-proxy", "args": ["proxy", "router"]}]}"#, false),
    (#"{"containers": [{"name": "istio-proxy", "args": ["proxy", "waypoint"]}]}"#, false),
    (#"{"containers": [{"name": "a"}, {"name": "istio-proxy", "args": ["proxy", "sidecar"]}]}"#, true),
    (
      #"{"initContainers": [{"name": "istio-proxy", "restartPolicy": "Always"}], "containers": [{"name": "a"}]}"#,
      true
    ),
  ])
  func specs(_ spec: String, _ hasRules: Bool) throws {
    #expect((try reason(pod(spec: spec)) == nil) == hasRules)
  }

  /// An injected pod has rules only if a container installs or checks them.
  @Test(arguments: [("istio-init", true), ("istio-validation", true), ("other", false)])
  func injectedPods(_ name: String, _ hasRules: Bool) throws {
    let spec =
      #"{"initContainers": [{"name": "\#(name)", "args": ["-b", "*"]}], "containers": [{"name": "a"}]}"#
    let text = pod(annotations: #"{"sidecar.istio.io/status": "{}"}"#, spec: spec)
    #expect((try reason(text) == nil) == hasRules)
    #expect((try reason(text, Self.namespace(#"{"istio-injection": "disabled"}"#)) == nil) == hasRules)
  }

  @Test(arguments: [
    (#"{"matchLabels": {"a": "b"}}"#, false), (#"{"matchLabels": {"a": "c"}}"#, true), ("{}", true),
    (#"{"matchExpressions": [{"key": "a", "operator": "Exists"}]}"#, false),
    (#"{"matchExpressions": [{"key": "b", "operator": "DoesNotExist"}]}"#, false),
    (#"{"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}"#, false),
    (#"{"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}"#, true),
  ])
  func selectorsOfTheInjector(_ selector: String, _ hasRules: Bool) throws {
    let values = #"{"sidecarInjectorWebhook": {"neverInjectSelector": [\#(selector)]}}"#
    #expect((try reason(pod(labels: #"{"a": "b"}"#, spec: Self.app), values: values) == nil) == hasRules)
    let asks = #"{"a": "b", "sidecar.istio.io/inject": "true"}"#
    #expect(try reason(pod(labels: asks, spec: Self.app), values: values) == nil)
  }
}
