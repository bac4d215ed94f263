import Intercept
import Manifests
import Testing

/// Auto-allocated addresses, in the status or not.
struct AutoAllocatedAddressesTests {
  private func entry(_ name: String, host: String? = nil, resolution: String = "DNS", status: String = "{}")
    -> String
  {
    """
    {"kind": "ServiceEntry", "metadata": {"name": "\(name)", "namespace": "app"}, "spec": {"hosts": ["\(host ?? name)"],
    "resolution": "\(resolution)", "ports": [{"number": 3307, "protocol": "TCP"}, {"number": 3308, "protocol": "TCP"}]},
    "status": \(status)}
    """
  }

  private func podWith(_ variables: String) -> String {
    pod(annotations: #"{"proxy.istio.io/config": "proxyMetadata: {\#(variables)}"}"#)
  }

  private static let capture = #"ISTIO_META_DNS_CAPTURE: \"true\""#
  private static let both = capture + #", ISTIO_META_DNS_AUTO_ALLOCATE: \"true\""#

  private func found(_ objects: String..., values: String = "{}") throws -> Int {
    try Lint(only: ["shared-tcp-port"]).findings(
      in: ObjectList(jsonList(objects)), values: MeshValues(values)
    ).findings.count
  }

  @Test(arguments: [
    (both, 0), (capture, 2), (#"ISTIO_META_DNS_AUTO_ALLOCATE: \"true\""#, 2),
    (capture + #", ISTIO_META_DNS_AUTO_ALLOCATE: \"false\""#, 2),
  ])
  func variablesOfAPod(_ variables: String, _ count: Int) throws {
    #expect(try found(entry("a"), entry("b"), podWith(variables)) == count)
  }

  @Test func variablesOfTheMesh() throws {
    func values(_ allocates: Bool) -> String {
      #"""
      {"meshConfig": {"defaultConfig": {"proxyMetadata": {"ISTIO_META_DNS_CAPTURE": "true",
      "ISTIO_META_DNS_AUTO_ALLOCATE": "\#(allocates)"}}}}
      """#
    }
    #expect(try found(entry("a"), entry("b"), values: values(true)) == 0)
    #expect(try found(entry("a"), entry("b"), values: values(false)) == 2)
  }

  @Test func variablesOfAnInitContainer() throws {
    let env = ["CAPTURE", "AUTO_ALLOCATE"].map { #"{"name": "ISTIO_META_DNS_\#($0)", "value": "true"}"# }
    let spec = #"""
      {"initContainers": [{"name": "istio-init", "env": [\#(env.joined(separator: ", "))]}], "containers": [{"name": "a"}]}
      """#
    #expect(try found(entry("a"), entry("b"), pod(spec: spec)) == 0)
  }

  @Test func hostsWithoutAllocation() throws {
    let pod = podWith(Self.both)
    #expect(try found(entry("a", host: "*.a"), entry("b", host: "*.b"), pod) == 2)
    #expect(try found(entry("a", resolution: "NONE"), entry("b", resolution: "NONE"), pod) == 2)
  }

  @Test(arguments: [(both, "virtualOutbound"), (capture, "0.0.0.0_3307")])
  func listeners(_ variables: String, _ listener: String) throws {
    let list = try ObjectList(podWith(variables), entry("a"))
    let options = try list.podOptions(named: nil, in: MeshValues())
    var rules = Configuration()
    rules.dns = .servers([])
    let made = ProxyListeners(list, for: options, values: MeshValues(), release: nil, rules: rules)
    let end = try #require(Endpoint("9.9.9.9:3307"))
    #expect(
      made.configuration.route(EnvoyConnection(port: 15001, original: end)).listener
        == listener)
    #expect(made.warnings.count == (listener == "virtualOutbound" ? 1 : 0), "\(made.warnings)")
  }

  @Test func addressesInTheStatusHaveListeners() throws {
    let shown = entry("a", status: #"{"addresses": [{"value": "240.240.0.1"}]}"#)
    let list = try ObjectList(podWith(Self.both), shown)
    let options = try list.podOptions(named: nil, in: MeshValues())
    var rules = Configuration()
    rules.dns = .servers([])
    let made = ProxyListeners(list, for: options, values: MeshValues(), release: nil, rules: rules)
    #expect(made.configuration.listeners.contains { $0.name == "240.240.0.1_3307" } && made.warnings.isEmpty)
  }

  /// Up to Istio 1.24 the control plane itself allocates addresses: in order, or from Istio 1.17 on by a hash.
  @Test(arguments: [
    (16, both, ["240.240.0.1_3307", "240.240.0.2_3307"]),
    (20, both, ["240.240.132.18_3307", "240.240.247.72_3307"]),
    (24, both, ["240.240.132.18_3307", "240.240.247.72_3307"]), (24, capture, ["0.0.0.0_3307"]),
    (25, both, []),
  ])
  func addressesOfReleases(_ release: Int, _ variables: String, _ expected: [String]) throws {
    let list = try ObjectList(podWith(variables), entry("e.example"), entry("f.example"))
    let options = try list.podOptions(named: nil, in: MeshValues())
    var rules = Configuration()
    rules.dns = .servers([])
    let made = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: release), rules: rules)
    let names = made.configuration.listeners.map(\.name).filter { $0.hasSuffix("_3307") }
    #expect(names.sorted() == expected)
  }

  /// Two ServiceEntries of one host share an address: that of the first of their two slots.
  @Test(arguments: [(16, "240.240.0.1"), (18, "240.240.21.222"), (20, "240.240.91.120")])
  func addressOfAHostOfTwo(_ release: Int, _ address: String) throws {
    func entry(_ name: String) -> String {
      #"""
      {"kind": "ServiceEntry", "metadata": {"name": "\#(name)", "namespace": "default"}, "spec": {"hosts": ["istio.io"],
      "resolution": "DNS", "ports": [{"number": 3307, "protocol": "TCP"}]}}
      """#
    }
    let list = try ObjectList(podWith(Self.both), entry("a"), entry("b"))
    let options = try list.podOptions(named: nil, in: MeshValues())
    var rules = Configuration()
    rules.dns = .servers([])
    let made = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: release), rules: rules)
    #expect(made.configuration.listeners.contains { $0.name == "\(address)_3307" })
  }
}
