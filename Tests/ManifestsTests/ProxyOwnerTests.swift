import Intercept
import Manifests
import Testing

/// The proxy's user and group in the rules, release by release.
struct ProxyOwnerTests {
  private func user(
    _ context: String, mode: String = "REDIRECT", app: String = "{}", version: String = "1.30",
    namespace: String = "{}", option: OptionName = .proxyUID, values: String = "{}"
  ) throws -> String? {
    let spec = #"""
      {"containers": [{"name": "a", "securityContext": \#(app)}, {"name": "istio-proxy", "securityContext": \#(context)}]}
      """#
    let owner = #"{"kind": "Namespace", "metadata": {"name": "app", "annotations": \#(namespace)}}"#
    let text = pod(annotations: #"{"sidecar.istio.io/interceptionMode": "\#(mode)"}"#, spec: spec)
    let version = try #require(IstioVersion(version))
    return try ObjectList(text, owner).podOptions(named: nil, in: MeshValues(values), version: version)
      .given[option]?.text
  }

  @Test(arguments: [
    ("1.14", "1337"), ("1.19.10", "1337"), ("1.20.6", "1337"), ("1.20.7", "2101"), ("1.20", "2101"),
    ("1.21.2", "1337"), ("1.21.3", "2101"), ("1.22.0", "1337"), ("1.22.1", "2101"), ("1.22", "2101"),
    ("1.23.0", "2101"), ("1.30", "2101"),
  ])
  func overriddenUsers(_ version: String, _ wanted: String) throws {
    let context = #"{"runAsUser": 2101, "runAsGroup": 2101}"#
    for mode in ["REDIRECT", "TPROXY"] {
      #expect(try user(context, mode: mode, version: version) == wanted, "\(mode)")
    }
  }

  @Test func rootDoesNotCount() throws {
    #expect(try user(#"{"runAsUser": 0}"#) == "1337")
    #expect(try user(#"{"runAsGroup": 2101}"#) == "1337")
  }

  private let openShift = #"{"openshift.io/sa.scc.uid-range": "1000620000/10000"}"#

  @Test(arguments: [
    ("1.19", "REDIRECT", "1337"), ("1.20", "REDIRECT", "1000629999"), ("1.20", "TPROXY", "1000629999"),
    ("1.25.3", "TPROXY", "1000629999"), ("1.25.4", "TPROXY", "1337"), ("1.26.1", "TPROXY", "1000629999"),
    ("1.26.2", "TPROXY", "1337"), ("1.26", "TPROXY", "1337"), ("1.26", "REDIRECT", "1000629999"),
    ("1.27", "TPROXY", "1337"), ("1.27", "REDIRECT", "1000629999"),
    ("1.30", "REDIRECT", "1000629999"),
  ])
  func openShift(_ version: String, _ mode: String, _ wanted: String) throws {
    #expect(try user("{}", mode: mode, version: version, namespace: openShift) == wanted)
  }

  @Test(arguments: [
    ("1000620000-1000629999", "1000629999"), ("1000620000/1", "1000620000"), ("", "1337"), ("x/1", "1337"),
    ("1", "1337"), ("1/x", "1337"),
  ])
  func blocks(_ block: String, _ wanted: String) throws {
    #expect(try user("{}", namespace: #"{"openshift.io/sa.scc.uid-range": "\#(block)"}"#) == wanted)
  }

  /// OpenShift gives one user to all containers, which is then not the proxy's choice.
  @Test(arguments: [("1.22", "7"), ("1.23", "1000629999")])
  func usersSharedWithTheApp(_ version: String, _ wanted: String) throws {
    let context = #"{"runAsUser": 7}"#
    #expect(try user(context, app: context, version: version, namespace: openShift) == wanted)
    #expect(try user(context, app: #"{"runAsUser": 8}"#, version: version, namespace: openShift) == "7")
    #expect(try user(context, app: context, version: version) == "7")
  }

  @Test func theGroupIsTheProxysWithTheCNIPlugin() throws {
    let context = #"{"runAsUser": 2101, "runAsGroup": 2102}"#
    #expect(try user(context, option: .proxyGID) == nil)
    for values in [#"{"pilot": {"cni": {"enabled": true}}}"#, #"{"istio_cni": {"enabled": true}}"#] {
      #expect(try user(context, option: .proxyGID, values: values) == "2102")
    }
  }
}
