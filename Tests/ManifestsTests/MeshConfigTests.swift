import Intercept
import Manifests
import Testing

/// The settings of the mesh in the list: ProxyConfig objects and the ConfigMaps of the control plane.
struct MeshConfigTests {
  private func options(_ objects: String..., values: String = "{}") throws -> PodOptions {
    try ObjectList(jsonList(objects)).podOptions(named: nil, in: MeshValues(values))
  }

  private func proxyConfig(
    _ value: String, namespace: String = "app", selector: String? = nil, created: String = "1",
    name: String = "p"
  ) -> String {
    let chosen = selector.map { #""selector": {"matchLabels": \#($0)}, "# } ?? ""
    return #"""
      {"apiVersion": "networking.istio.io/v1beta1", "kind": "ProxyConfig", "metadata": {"name": "\#(name)",
      "namespace": "\#(namespace)", "creationTimestamp": "\#(created)"}, "spec": {\#(chosen)"environmentVariables":
      {"ISTIO_META_DNS_CAPTURE": "\#(value)"}}}
      """#
  }

  private let web = pod(labels: #"{"app": "web"}"#)

  @Test func variablesOfANamespace() throws {
    let options = try options(web, proxyConfig("true"))
    #expect(options.given[.redirectDNS]?.text == "true")
    #expect(
      options.options.first { $0.option == .redirectDNS }?.sources.first?.description
        == "ProxyConfig app/p, environmentVariables")
    #expect(try self.options(web, proxyConfig("true", namespace: "other")).given[.redirectDNS] == nil)
    #expect(try self.options(web, proxyConfig("true", namespace: "istio-system")).given[.redirectDNS] != nil)
    let root = #"{"meshConfig": {"rootNamespace": "root"}}"#
    #expect(
      try self.options(web, proxyConfig("true", namespace: "root"), values: root).given[.redirectDNS] != nil)
  }

  /// Each step overrides those before it.
  @Test func precedence() throws {
    let values = #"{"meshConfig": {"defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "0"}}}}"#
    let root = proxyConfig("1", namespace: "istio-system")
    let own = proxyConfig("2")
    let annotated = pod(
      annotations: #"{"proxy.istio.io/config": "proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"3\"}"}"#,
      labels: #"{"app": "web"}"#)
    let selected = proxyConfig("4", selector: #"{"app": "web"}"#, name: "q")
    func value(_ objects: [String]) throws -> String? {
      try ObjectList(jsonList(objects)).podOptions(named: nil, in: MeshValues(values))
        .options.first { $0.option == .redirectDNS }?.text
    }
    #expect(try value([web]) == "0")
    #expect(try value([web, root]) == "1")
    #expect(try value([web, own, root]) == "2")
    #expect(try value([annotated, own, root]) == "3")
    #expect(try value([annotated, selected, own, root]) == "4")
    #expect(try value([pod(), selected, own]) == "2")
    #expect(try value([web, proxyConfig("9", created: "2", name: "z"), own]) == "2")
  }

  private func map(_ name: String, _ data: String) -> String {
    #"""
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "\#(name)", "namespace": "istio-system"}, "data":
    {\#(data)}}
    """#
  }

  private let mesh = #"""
    "mesh": "proxyListenPort: 16001\ndefaultConfig:\n  interceptionMode: TPROXY\n  proxyMetadata:\n    INVALID_DROP: \"true\"\n"
    """#
  private let injector = #"""
    "values": "{\"global\": {\"proxy\": {\"includeIPRanges\": \"10.0.0.0/8\", \"excludeIPRanges\": \"\"}}}"
    """#

  @Test func configMapsOfTheControlPlane() throws {
    let options = try options(web, map("istio", mesh), map("istio-sidecar-injector", injector))
    #expect(options.given[.envoyPort]?.text == "16001")
    #expect(options.given[.interceptionMode]?.text == "TPROXY")
    #expect(options.given[.dropInvalid]?.text == "true")
    #expect(options.given[.outboundCIDRs]?.text == "10.0.0.0/8")
    #expect(options.warnings == [])
  }

  @Test func givenValuesPrecedeConfigMaps() throws {
    let values = #"{"global": {"proxy": {"includeIPRanges": "11.0.0.0/8"}}}"#
    let options = try options(
      web, map("istio", mesh), map("istio-sidecar-injector", injector), values: values)
    #expect(options.given[.outboundCIDRs]?.text == "11.0.0.0/8")
    #expect(options.given[.envoyPort]?.text == "16001")
  }

  @Test(arguments: [
    ("{}", "{}", "16001"), ("{}", #"{"istio.io/rev": "1-20"}"#, "17001"),
    ("{}", #"{"istio.io/rev": "other"}"#, "16001"),
    (#"{"istio.io/rev": "1-20"}"#, "{}", "17001"), (#"{"istio-injection": "enabled"}"#, "{}", "16001"),
    (#"{"istio-injection": "enabled", "istio.io/rev": "1-20"}"#, "{}", "16001"),
    (#"{"istio.io/rev": "default"}"#, "{}", "16001"),
  ])
  func revisions(_ namespace: String, _ labels: String, _ port: String) throws {
    let canary = map("istio-1-20", #""mesh": "proxyListenPort: 17001""#)
    let owner = #"{"kind": "Namespace", "metadata": {"name": "app", "labels": \#(namespace)}}"#
    let options = try options(pod(labels: labels), owner, canary, map("istio", mesh))
    #expect(options.given[.envoyPort]?.text == port)
  }

  @Test func theOnlyRevision() throws {
    #expect(try options(web, map("istio-1-20", mesh)).given[.envoyPort]?.text == "16001")
    #expect(
      try options(web, map("istio-ca-root-cert", #""root-cert.pem": "x""#)).given[.envoyPort]?.text == "15001"
    )
    #expect(try options(web, map("other", mesh)).given[.envoyPort]?.text == "15001")
  }

  @Test func unreadableConfigMapsAreWarnings() throws {
    let options = try options(web, map("istio-sidecar-injector", #""values": "{""#))
    #expect(options.warnings.count == 1 && options.given[.outboundCIDRs]?.text == "*")
  }

  @Test func templatesOfTheInjectorsConfiguration() throws {
    let config =
      #""values": "{}", "config": "defaultTemplates: [both]\naliases:\n  both: [sidecar, gateway]\n""#
    #expect(try options(web, map("istio-sidecar-injector", config)).given[.envoyPort] != nil)
    let gateways = #""values": "{}", "config": "defaultTemplates: [gateway]\n""#
    #expect(try options(web, map("istio-sidecar-injector", gateways)).noRules != nil)
  }

  @Test(arguments: [("1.24", nil), ("1.25", "b"), ("1.30", "b")])
  func reroutedInterfaces(_ version: String, _ wanted: String?) throws {
    let list = try ObjectList(pod(annotations: #"{"istio.io/reroute-virtual-interfaces": "b"}"#))
    let options = try list.podOptions(named: nil, in: MeshValues(), version: #require(IstioVersion(version)))
    #expect(options.given[.virtualInterfaces]?.text == wanted)
    let both = try ObjectList(
      pod(
        annotations:
          #"{"istio.io/reroute-virtual-interfaces": "b", "traffic.sidecar.istio.io/kubevirtInterfaces": "a"}"#
      ))
    let chosen = try both.podOptions(named: nil, in: MeshValues(), version: #require(IstioVersion(version)))
    #expect(chosen.given[.virtualInterfaces]?.text == wanted ?? "a")
  }

  @Test(arguments: [("1.17", "15006"), ("1.18", "16006")])
  func inboundListenPorts(_ version: String, _ wanted: String) throws {
    let values = try MeshValues(#"{"meshConfig": {"proxyInboundListenPort": 16006}}"#)
    let options = try ObjectList(web).podOptions(
      named: nil, in: values, version: #require(IstioVersion(version)))
    #expect(options.given[.inboundCapturePort]?.text == wanted)
  }

  /// Istio's injector accepts port 0, and so do the rules.
  @Test(arguments: ["0", "0,80"])
  func portZero(_ list: String) throws {
    let text = pod(annotations: #"{"traffic.sidecar.istio.io/includeInboundPorts": "\#(list)"}"#)
    let options = try ObjectList(text).podOptions(named: nil, in: MeshValues())
    #expect(options.given[.inboundPorts]?.text == list)
    #expect(options.warnings == [])
    #expect(try Lint().findings(in: ObjectList(text)).findings == [])
  }
}
