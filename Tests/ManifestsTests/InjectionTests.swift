import Intercept
import Manifests
import Testing

/// The options of a pod, before and after injection.
struct InjectionTests {
  /// The injector's defaults.
  static let defaults: [OptionName: String] = [
    .envoyPort: "15001", .inboundCapturePort: "15006", .proxyUID: "1337", .interceptionMode: "REDIRECT",
    .outboundCIDRs: "*", .excludedOutboundCIDRs: "", .inboundPorts: "*",
    .excludedInboundPorts: "15090,15021,15020",
  ]

  @Test func aPodWithoutAnnotationsHasTheInjectorsDefaults() throws {
    #expect(try ObjectList(pod()).options() == Self.defaults)
    let sources = try ObjectList(pod()).podOptions(named: nil, in: MeshValues()).options.flatMap(\.sources)
    #expect(Set(sources) == [.injector])
  }

  /// An annotation and its effect on the init container's arguments and variables.
  struct Change: CustomTestStringConvertible {
    let annotation: String
    let value: String
    var flags: [String: String] = [:]
    var variables: [String: String] = [:]
    var testDescription: String { "\(annotation): \(value)" }
  }

  static let changes: [Change] = [
    Change(
      annotation: "traffic.sidecar.istio.io/includeInboundPorts", value: "80,443", flags: ["-b": "80,443"]),
    Change(annotation: "traffic.sidecar.istio.io/includeInboundPorts", value: "", flags: ["-b": ""]),
    Change(
      annotation: "traffic.sidecar.istio.io/excludeInboundPorts", value: "22, 9090",
      flags: ["-d": "15090,15021,22,9090,15020"]),
    Change(
      annotation: "traffic.sidecar.istio.io/excludeInboundPorts", value: "15020,22",
      flags: ["-d": "15090,15021,15020,22"]),
    Change(
      annotation: "traffic.sidecar.istio.io/includeOutboundIPRanges", value: "10.0.0.0/8",
      flags: ["-i": "10.0.0.0/8"]),
    Change(
      annotation: "traffic.sidecar.istio.io/excludeOutboundIPRanges", value: "10.1.0.0/16",
      flags: ["-x": "10.1.0.0/16"]),
    Change(annotation: "traffic.sidecar.istio.io/includeOutboundPorts", value: "6379", flags: ["-q": "6379"]),
    Change(annotation: "traffic.sidecar.istio.io/excludeOutboundPorts", value: "25", flags: ["-o": "25"]),
    Change(annotation: "traffic.sidecar.istio.io/excludeOutboundPorts", value: "", flags: ["-o": ""]),
    Change(annotation: "traffic.sidecar.istio.io/kubevirtInterfaces", value: "net1", flags: ["-k": "net1"]),
    Change(annotation: "istio.io/reroute-virtual-interfaces", value: "net1", flags: ["-k": "net1"]),
    Change(annotation: "traffic.sidecar.istio.io/excludeInterfaces", value: "eth1", flags: ["-c": "eth1"]),
    Change(annotation: "sidecar.istio.io/interceptionMode", value: "TPROXY", flags: ["-m": "TPROXY"]),
    Change(annotation: "status.sidecar.istio.io/port", value: "15555", flags: ["-d": "15090,15021,15555"]),
    Change(annotation: "status.sidecar.istio.io/port", value: "0", flags: ["-d": "15090,15021"]),
    Change(annotation: "proxy.istio.io/config", value: "interceptionMode: TPROXY", flags: ["-m": "TPROXY"]),
    Change(
      annotation: "proxy.istio.io/config",
      value:
        #"{proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\", ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE: \"202\", FOO: x}}"#,
      variables: [
        "ISTIO_META_DNS_CAPTURE": "true", "ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE": "202", "FOO": "x",
      ]),
  ]

  @Test(arguments: changes)
  func injectedOrNot(_ change: Change) throws {
    let annotations = #"{"\#(change.annotation)": "\#(change.value)"}"#
    let before = try ObjectList(pod(annotations: annotations)).options()
    let after = try ObjectList(pod(annotations: annotations, spec: Self.injected(change))).options()
    #expect(before == after)
    #expect(before != Self.defaults)
    let validated = try ObjectList(pod(spec: Self.injected(change, as: "istio-validation"))).options()
    #expect(validated == Self.optionsOfPlugin(after))
    let warnings = try ObjectList(pod(annotations: annotations, spec: Self.injected(change)))
      .podOptions(named: nil, in: MeshValues()).warnings
    #expect(warnings.isEmpty)
  }

  /// The options of the CNI plugin for a pod that has these with an init container.
  private static func optionsOfPlugin(_ options: [OptionName: String]) -> [OptionName: String] {
    var plugins = options
    plugins[.excludedOutboundPorts] = options[.excludedOutboundPorts] ?? "15020"
    let listed = (options[.excludedInboundPorts] ?? "").split(separator: ",").map(String.init)
    let own = ["15020", "15021", "15090"]
    let others = listed.filter { $0 == "15020" || !own.contains($0) }
    plugins[.excludedInboundPorts] = (others + own.filter { !others.contains($0) }).joined(separator: ",")
    return plugins
  }

  /// Returns the spec of an injected pod, with the arguments in the injector's order.
  static func injected(_ change: Change, as container: String = "istio-init") -> String {
    var arguments = ["istio-iptables"]
    let usual = [
      "-p": "15001", "-z": "15006", "-u": "1337", "-m": "REDIRECT", "-i": "*", "-x": "", "-b": "*",
      "-d": "15090,15021,15020",
    ]
    for flag in ["-p", "-z", "-u", "-m", "-i", "-x", "-b", "-d", "-q", "-o", "-k", "-c"] {
      if let value = change.flags[flag] ?? usual[flag] { arguments += [flag, value] }
    }
    arguments.append("--log_output_level=default:info")
    if container == "istio-validation" { arguments += ["--run-validation", "--skip-rule-apply"] }
    let words = arguments.map { "\"\($0)\"" }.joined(separator: ", ")
    let env = change.variables.map { #"{"name": "\#($0)", "value": "\#($1)"}"# }.joined(separator: ", ")
    return """
      {"initContainers": [{"name": "\(container)", "image": "docker.io/istio/proxyv2:1.22.3-distroless",
      "args": [\(words)], "env": [\(env)]}], "containers": [{"name": "app"}, {"name": "istio-proxy"}]}
      """
  }

  @Test func theContainerTakesPrecedenceOverChangedAnnotations() throws {
    let list = try ObjectList(
      pod(
        annotations: #"{"traffic.sidecar.istio.io/includeInboundPorts": "80"}"#,
        spec: Self.injected(Change(annotation: "", value: ""))))
    let options = try list.podOptions(named: nil, in: MeshValues())
    #expect(options.given[.inboundPorts]?.text == "*")
    #expect(
      options.options.allSatisfy {
        if case .container("istio-init", _) = $0.sources[0] { true } else { false }
      })
    #expect(options.release == IstioRelease("1.22"))
    #expect(
      options.warnings == [
        "Pod app/web: annotation traffic.sidecar.istio.io/includeInboundPorts is '80', but container istio-init "
          + "runs with '*', which applies"
      ])
  }

  @Test func correctionsOfLongListsAreShort() throws {
    let list = Array(repeating: "8000-8001", count: 10_000).joined(separator: ",")
    let annotations = #"{"traffic.sidecar.istio.io/includeInboundPorts": "\#(list)"}"#
    let options = try ObjectList(pod(annotations: annotations)).podOptions(named: nil, in: MeshValues())
    #expect(options.problems.map { $0.remedy.utf8.count < 100 } == [true])
  }

  @Test func theNewerAnnotationTakesPrecedence() throws {
    let annotations =
      #"{"traffic.sidecar.istio.io/kubevirtInterfaces": "a", "istio.io/reroute-virtual-interfaces": "b"}"#
    #expect(try ObjectList(pod(annotations: annotations)).options()[.virtualInterfaces] == "b")
  }

  @Test(arguments: [
    #"{"includeIPRanges": "10.0.0.0/8", "statusPort": 15555, "excludeOutboundPorts": "", "includeInboundPorts": 80}"#,
    #"""
    {"global": {"proxy": {"includeIPRanges": "10.0.0.0/8", "statusPort": 15555, "excludeOutboundPorts": "",
    "includeInboundPorts": "80"}}}
    """#,
  ])
  func valuesOfTheMesh(_ values: String) throws {
    let list = try ObjectList(pod(annotations: #"{"traffic.sidecar.istio.io/excludeInboundPorts": "22"}"#))
    var expected = Self.defaults
    expected[.outboundCIDRs] = "10.0.0.0/8"
    expected[.inboundPorts] = "80"
    expected[.excludedInboundPorts] = "15090,15021,22,15555"
    #expect(try list.options(values) == expected)
    let options = try list.podOptions(named: nil, in: MeshValues(values)).options
    #expect(
      options.first { $0.option == .excludedInboundPorts }?.sources == [
        .annotation("traffic.sidecar.istio.io/excludeInboundPorts"), .meshValues("global.proxy.statusPort"),
        .injector,
      ])
  }

  @Test func settingsOfTheMeshsProxies() throws {
    let values = #"""
      {"global": {"nativeNftables": true}, "meshConfig": {"proxyListenPort": 16001, "defaultConfig": {"interceptionMode":
      "TPROXY", "proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true", "INVALID_DROP": "true"}}}}
      """#
    let list = try ObjectList(
      pod(annotations: #"{"proxy.istio.io/config": "proxyMetadata:\n  ISTIO_META_DNS_CAPTURE: \"false\""}"#))
    let options = try list.options(values)
    #expect(options[.interceptionMode] == "TPROXY" && options[.envoyPort] == "16001")
    #expect(options[.redirectDNS] == "false" && options[.dropInvalid] == "true")
    #expect(options[.nativeNftables] == "true")
  }

  @Test(arguments: [
    ("[]", "must be an object of Helm values, but is a list"), ("", "the text is empty"),
    ("{} {}", "the text has several documents; give one"),
    (#"{"global": 5}"#, "global: must be an object, but is 5"),
    (#"{"statusPort": {}}"#, "statusPort: must be a string, a number or true or false, but is an object"),
    ("x", "must be an object of Helm values, but is the string 'x'"),
  ])
  func wrongValuesAreRejected(_ values: String, _ problem: String) {
    #expect(message { _ = try MeshValues(values) } == problem)
  }

  @Test(arguments: [
    (#"{"proxy": {"statusPort": 15555}}"#, ["proxy"]), (#"{"globl": {}, "a": 1}"#, ["a and globl"]),
    (#"{"global": {"includeIPRanges": "10.0.0.0/8"}}"#, ["global"]), ("{}", []),
    (#"{"global": {"network": "n"}}"#, []), (#"{"pilot": {"env": {}}}"#, []), (#"{"revision": "x"}"#, []),
    (#"{"global": {"hub": "h", "tag": 1}}"#, []), (#"{"logLevel": "debug"}"#, []),
    (#"{"statusPort": 15555}"#, []), (#"{"global": {"proxy": {"statusPort": 15555}}}"#, []),
    (#"{"meshConfig": {"defaultServiceExportTo": ["."]}}"#, []),
    (#"{"meshConfig": {"defaultConfig": {"proxyMetadata": {"A": "b"}}}}"#, []),
  ])
  func valuesWithoutAnyKnownSetting(_ text: String, _ named: [String]) throws {
    let values = try MeshValues(text)
    let wanted = named.map {
      "the mesh values contain no known setting, only \($0); give Istio's Helm values from the top, as in "
        + #"{"global": {"proxy": {"includeIPRanges": "*"}}}, or only the part under global.proxy"#
    }
    #expect(values.warnings == wanted)
    #expect(try ObjectList(pod()).podOptions(named: nil, in: values).warnings == wanted)
  }

  @Test func customisedProxiesSetTheUser() throws {
    func user(_ id: String, _ annotations: String = "{}") throws -> String? {
      let spec = #"{"containers": [{"name": "istio-proxy", "securityContext": {"runAsUser": \#(id)}}]}"#
      return try ObjectList(pod(annotations: annotations, spec: spec)).options()[.proxyUID]
    }
    #expect(try user("1234") == "1234")
    #expect(try user("0") == "1337")
    #expect(try user("1234", #"{"sidecar.istio.io/interceptionMode": "TPROXY"}"#) == "1234")
  }

  @Test(arguments: [
    (
      pod(annotations: #"{"proxy.istio.io/config": "a: *x"}"#),
      "Pod app/web: annotation proxy.istio.io/config: line 1 refers to the unknown anchor 'x'"
    ),
    (
      pod(spec: #"{"initContainers": [{"name": "istio-init", "args": ["-b"]}]}"#),
      "Pod app/web: container istio-init: -b: the value is missing"
    ),
    (
      #"{"kind": "Service", "metadata": {"name": "s"}}"#,
      "no pod and no object with a pod template in it; found: Service"
    ),
    (
      #"{"kind": "List", "items": []}"#,
      "no pod and no object with a pod template in it; found: nothing"
    ),
    (jsonList([pod("a"), pod("b")]), "there are 2 pods; choose one with --name: app/a, app/b"),
  ])
  func noOptions(_ text: String, _ problem: String) throws {
    let list = try ObjectList(text)
    #expect(message { _ = try list.podOptions(named: nil, in: MeshValues()) } == problem)
  }

  @Test func onePodOfSeveralByName() throws {
    let list = try ObjectList(
      #"{"kind": "PodList", "items": [{"metadata": {"name": "a"}}, {"metadata": {"name": "b"}}]}"#)
    #expect(try list.podOptions(named: "b", in: MeshValues()).object.path == "default/b")
    #expect(try list.podOptions(named: "default/a", in: MeshValues()).object.path == "default/a")
    #expect(
      message { _ = try list.podOptions(named: "c", in: MeshValues()) }
        == "no pod is named 'c'; there are default/a, default/b")
  }

  @Test(arguments: [
    #"{"kind": "Deployment", "metadata": {"name": "w"}, "spec": {"template": T}}"#,
    #"{"kind": "CronJob", "metadata": {"name": "w"}, "spec": {"jobTemplate": {"spec": {"template": T}}}}"#,
    #"{"kind": "PodTemplate", "metadata": {"name": "w"}, "template": T}"#,
    #"{"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": "w"}, "spec": {"template": T}}"#,
  ])
  func workloads(_ workload: String) throws {
    let template = #"""
      {"metadata": {"annotations": {"traffic.sidecar.istio.io/includeInboundPorts": "80"}}, "spec": {"containers": []}}
      """#
    let list = try ObjectList(workload.replacing("T}", with: template + "}", maxReplacements: 1))
    #expect(try list.options()[.inboundPorts] == "80")
  }

  @Test func annotationsOfTheWorkloadAreNotRead() throws {
    let list = try ObjectList(
      #"""
      {"kind": "Deployment", "metadata": {"name": "w", "annotations": {"traffic.sidecar.istio.io/includeInboundPorts":
      "80"}}, "spec": {"template": {"spec": {"containers": []}}}}
      """#)
    let options = try list.podOptions(named: nil, in: MeshValues())
    #expect(options.given[.inboundPorts]?.text == "*")
    #expect(options.warnings.count == 1)
  }
}
