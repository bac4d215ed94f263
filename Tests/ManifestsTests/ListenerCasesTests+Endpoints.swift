import Intercept
import Manifests
import Testing

/// Hosts of one name, allocated addresses and endpoints.
extension ListenerCasesTests {
  @Test func oneHostInTwoNamespaces() throws {
    let other = entry("a", #""1.1.1.1""#, namespace: "aaa", created: "1", host: "h.example")
    let own = entry("b", #""2.2.2.2""#, created: "2", host: "h.example")
    #expect(try route([other, own], to: "2.2.2.2:5701") == "2.2.2.2_5701 outbound|5701||h.example")
    #expect(try route([other, own], to: "1.1.1.1:5701") == passthrough)
    let third = entry("c", #""3.3.3.3""#, namespace: "ccc", created: "3", host: "h.example")
    #expect(try route([other, third], to: "1.1.1.1:5701").hasPrefix("1.1.1.1_5701"))
    #expect(try route([other, third], to: "3.3.3.3:5701") == passthrough)
  }

  @Test(arguments: [
    ("{}", "DNS", true), (#"{"networking.istio.io/enable-autoallocate-ip": "false"}"#, "DNS", false),
    (#"{"networking.istio.io/enable-autoallocate-ip": "true"}"#, "DNS", true), ("{}", "NONE", false),
  ])
  func allocatedAddresses(_ labels: String, _ resolution: String, _ isUsed: Bool) throws {
    let status = #"{"addresses": [{"value": "240.240.0.1", "host": "e.example"}]}"#
    let list = try ObjectList(
      Self.web, entry("e", resolution: resolution, labels: labels, status: status))
    var rules = Configuration()
    rules.dns = .servers([])
    let options = try list.podOptions(named: "web", in: MeshValues())
    let names = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: rules
    ).configuration.listeners.map(\.name)
    #expect(names.contains("240.240.0.1_5701") == isUsed)
    #expect(names.contains("0.0.0.0_5701") != isUsed)
  }

  private func peer(_ address: String, phase: String = "Running") -> String {
    #"""
    {"kind": "Pod", "metadata": {"name": "peer-\#(phase)", "namespace": "app", "labels": {"app": "hz"}}, "status":
    {"podIP": "\#(address)", "phase": "\#(phase)"}}
    """#
  }

  private var headless: String { service("hz", "None", port(5701), more: #", "selector": {"app": "hz"}"#) }

  @Test(arguments: [("Running", true), ("Succeeded", false), ("Failed", false), ("Pending", true)])
  func finishedPodsAreNoEndpoints(_ phase: String, _ isEndpoint: Bool) throws {
    let found = try route([headless, peer("10.12.0.2", phase: phase)], to: "10.12.0.2:5701")
    #expect(found == (isEndpoint ? "10.12.0.2_5701 outbound|5701||hz.app.svc.cluster.local" : passthrough))
  }

  @Test func endpointSlicesPrecedePods() throws {
    let slice = #"""
      {"kind": "EndpointSlice", "metadata": {"name": "hz-1", "namespace": "app", "labels": {"kubernetes.io/service-name":
      "hz"}}, "ports": [{"name": "tcp", "port": 5701}], "endpoints": [{"addresses": ["10.12.0.3"]}, {"addresses": ["10.12.0.4"], "conditions": {"ready": false}}]}
      """#
    let objects = [headless, peer("10.12.0.2"), slice]
    #expect(try route(objects, to: "10.12.0.3:5701").hasPrefix("10.12.0.3_5701"))
    #expect(try route(objects, to: "10.12.0.2:5701") == passthrough)
    #expect(try route(objects, to: "10.12.0.4:5701") == passthrough)
    let older = #"""
      {"kind": "Endpoints", "metadata": {"name": "hz", "namespace": "app"}, "subsets": [{"addresses": [{"ip":
      "10.12.0.5"}], "ports": [{"name": "tcp", "port": 5701}], "notReadyAddresses": [{"ip": "10.12.0.6"}]}]}
      """#
    #expect(try route([headless, older], to: "10.12.0.5:5701").hasPrefix("10.12.0.5_5701"))
    #expect(try route([headless, older], to: "10.12.0.6:5701") == passthrough)
  }

  @Test func workloadEntriesAreEndpoints() throws {
    let selecting = entry(
      "e", resolution: "NONE", more: #", "workloadSelector": {"labels": {"app": "vm"}}"#)
    let vm = #"""
      {"kind": "WorkloadEntry", "metadata": {"name": "vm", "namespace": "app"}, "spec": {"address": "10.13.0.1", "labels":
      {"app": "vm"}}}
      """#
    #expect(try route([selecting, vm], to: "10.13.0.1:5701") == "10.13.0.1_5701 outbound|5701||e.example")
    #expect(try route([selecting, vm], to: "10.13.0.2:5701") == passthrough)
  }

  @Test func sctpPortsMakeTCPListeners() throws {
    let sctp = service("s", "10.96.0.9", port(99, "x", #", "protocol": "SCTP""#))
    #expect(try route([sctp], to: "10.96.0.9:99") == "10.96.0.9_99 outbound|99||s.app.svc.cluster.local")
    let udp = service("s", "10.96.0.9", port(99, "x", #", "protocol": "UDP""#))
    #expect(try route([udp], to: "10.96.0.9:99") == passthrough)
  }

  @Test func dualStackAddressesOnAProxyOfOneFamily() throws {
    let both = #"""
      {"kind": "Service", "metadata": {"name": "s", "namespace": "app"}, "spec": {"clusterIP": "fd00::9", "clusterIPs":
      ["fd00::9", "10.96.0.9"], "ports": [\#(port(99))]}}
      """#
    #expect(try route([both], to: "10.96.0.9:99") == "10.96.0.9_99 outbound|99||s.app.svc.cluster.local")
    #expect(try route([both], to: "[fd00::9]:99") == passthrough)
    let dual = pod(
      labels: #"{"app": "web"}"#, status: #"{"podIPs": [{"ip": "10.12.0.1"}, {"ip": "fd00::1"}]}"#)
    #expect(
      try route([both], to: "10.96.0.9:99", pod: dual) == "fd00::9_99 outbound|99||s.app.svc.cluster.local")
  }

  @Test func envoyFiltersAreWarnings() throws {
    let list = try ObjectList(Self.web, #"{"kind": "EnvoyFilter", "metadata": {"name": "f"}}"#)
    let options = try list.podOptions(named: "web", in: MeshValues())
    let listeners = ProxyListeners(
      list, for: options, values: MeshValues(), release: IstioRelease(minor: 30), rules: Configuration())
    #expect(listeners.warnings.count == 1)
  }
}
