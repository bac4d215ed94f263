import Manifests
import Testing

/// The injector's own configuration.
struct InjectionPolicyTests {
  private func options(
    _ objects: [String], values: String = "{}"
  ) throws -> PodOptions {
    try ObjectList(jsonList(objects)).podOptions(named: nil, in: MeshValues(values))
  }

  private static let app = #"{"containers": [{"name": "a"}]}"#

  private static func map(_ config: String) -> String {
    #"""
    {"kind": "ConfigMap", "metadata": {"name": "istio-sidecar-injector", "namespace": "istio-system"}, "data":
    {"config": "\#(config)"}}
    """#
  }

  private static func web(_ labels: String = "{}", _ annotations: String = "{}") -> String {
    pod(annotations: annotations, labels: labels, spec: app)
  }

  @Test(arguments: [
    ("policy: enabled", "{}", true), ("policy: disabled", "{}", false),
    ("policy: other", "{}", false),
    ("policy: disabled", #"{"sidecar.istio.io/inject": "true"}"#, true),
    ("policy: other", #"{"sidecar.istio.io/inject": "true"}"#, false),
    ("{policy: disabled, alwaysInjectSelector: [{matchLabels: {a: b}}]}", #"{"a": "b"}"#, true),
    ("{policy: disabled, alwaysInjectSelector: [{matchLabels: {a: b}}]}", #"{"a": "c"}"#, false),
    ("{policy: enabled, neverInjectSelector: [{matchLabels: {a: b}}]}", #"{"a": "b"}"#, false),
    ("{policy: enabled, neverInjectSelector: [{matchLabels: {a: b}}]}", #"{"a": "c"}"#, true),
    (
      "{policy: enabled, neverInjectSelector: [{matchLabels: {a: b}}], alwaysInjectSelector: [{matchLabels: {a: b}}]}",
      #"{"a": "b"}"#, false
    ),
  ])
  func configuration(_ config: String, _ labels: String, _ hasRules: Bool) throws {
    let options = try options([Self.web(labels), Self.map(config)])
    #expect((options.noRules == nil) == hasRules, "\(options.noRules?.reason ?? "")")
  }

  @Test func policyOfHelmValues() throws {
    let off = #"{"global": {"proxy": {"autoInject": "disabled"}}}"#
    #expect(try options([Self.web()], values: off).noRules?.reason.contains("autoInject") == true)
    #expect(
      try options([Self.web(#"{"sidecar.istio.io/inject": "true"}"#)], values: off).noRules == nil)
  }

  /// The injector refuses pods with a template that it does not have.
  @Test(arguments: [("sidecar,spire", ["spire"]), ("sidecar", []), ("both", ["spire"])])
  func unknownTemplates(_ names: String, _ unknown: [String]) throws {
    let config = "{templates: {sidecar: x}, aliases: {both: [sidecar, spire]}}"
    let web = Self.web("{}", #"{"inject.istio.io/templates": "\#(names)"}"#)
    let options = try options([web, Self.map(config)])
    #expect(options.noRules == nil)
    #expect(options.warnings.count == unknown.count)
    for name in unknown { #expect(options.warnings[0].contains(name)) }
    #expect(try self.options([web]).warnings == [])
  }
}
