import Manifests
import Testing

/// The hosts that a Sidecar imports.
extension SidecarCasesTests {
  private static let mine = service("m", "3.0.0.1", port(99))
  private static let theirs = service("t", "3.0.0.2", port(99), namespace: "other")

  private static func connection(
    _ name: String, _ objects: [String], _ to: String, isKnown: Bool, release: Int = 31, values: String = "{}"
  ) -> ListenerCase {
    let host = to == "3.0.0.1" ? "m.app" : "t.other"
    let expected =
      isKnown ? "\(to)_99 outbound|99||\(host).svc.cluster.local" : "virtualOutbound PassthroughCluster"
    return ListenerCase(
      name, [mine, theirs] + objects, "\(to):99", expected, release: release, values: values)
  }

  private static func selecting(_ app: String, _ hosts: String) -> String {
    #"""
    {"kind": "Sidecar", "metadata": {"name": "own-\#(app)", "namespace": "app"}, "spec": {"workloadSelector": {"labels":
    {"app": "\#(app)"}}, "egress": [{"hosts": ["\#(hosts)"]}]}}
    """#
  }

  /// The hosts of Sidecars, as in Istio's `TestCreateSidecarScope` and `TestIstioEgressListenerWrapper`.
  static let imports: [ListenerCase] = [
    connection("no Sidecar", [], "3.0.0.2", isKnown: true),
    connection("an empty Sidecar", [sidecar("")], "3.0.0.2", isKnown: true),
    connection("every host", [importing("*/*")], "3.0.0.2", isKnown: true),
    connection("its own namespace by a dot", [importing("./*")], "3.0.0.1", isKnown: true),
    connection("its own namespace by a dot, another", [importing("./*")], "3.0.0.2", isKnown: false),
    connection("its own namespace by name", [importing("app/*")], "3.0.0.1", isKnown: true),
    connection("a namespace", [importing("other/*")], "3.0.0.2", isKnown: true),
    connection("a namespace, another host", [importing("other/*")], "3.0.0.1", isKnown: false),
    connection("no host", [importing("~/*")], "3.0.0.1", isKnown: false),
    connection(
      "a host of every namespace", [importing("*/t.other.svc.cluster.local")], "3.0.0.2", isKnown: true),
    connection(
      "a host of another namespace", [importing("app/t.other.svc.cluster.local")], "3.0.0.2", isKnown: false),
    connection("a wildcard host", [importing("*/*.other.svc.cluster.local")], "3.0.0.2", isKnown: true),
    connection(
      "a wildcard host, another", [importing("*/*.other.svc.cluster.local")], "3.0.0.1", isKnown: false),
    connection("two imports", [importing("./*", "other/*")], "3.0.0.2", isKnown: true),
    connection("a host left out", [importing("*/*", "~other/*")], "3.0.0.2", isKnown: false),
    connection("a host left out, another", [importing("*/*", "~other/*")], "3.0.0.1", isKnown: true),
    connection(
      "a host left out by name", [importing("*/*", "~*/t.other.svc.cluster.local")], "3.0.0.2", isKnown: false
    ),
    connection("a host left out, its own namespace", [importing("*/*", "~./*")], "3.0.0.1", isKnown: false),
    connection(
      "a host left out, up to Istio 1.30", [importing("*/*", "~other/*")], "3.0.0.2", isKnown: true,
      release: 30),
    connection(
      "a Sidecar of the root namespace",
      [sidecar(#""egress": [{"hosts": ["./*"]}]"#, namespace: "istio-system")], "3.0.0.2", isKnown: false),
    connection(
      "a Sidecar of its namespace precedes",
      [sidecar(#""egress": [{"hosts": ["./*"]}]"#, namespace: "istio-system"), importing("*/*")], "3.0.0.2",
      isKnown: true),
    connection(
      "another root namespace", [sidecar(#""egress": [{"hosts": ["./*"]}]"#, namespace: "root")], "3.0.0.2",
      isKnown: false, values: #"{"meshConfig": {"rootNamespace": "root"}}"#),
    connection(
      "a Sidecar of another namespace", [sidecar(#""egress": [{"hosts": ["./*"]}]"#, namespace: "other")],
      "3.0.0.2", isKnown: true),
    connection(
      "a Sidecar for the workload", [importing("*/*"), selecting("web", "./*")], "3.0.0.2", isKnown: false),
    connection(
      "a Sidecar for another workload", [importing("*/*"), selecting("x", "./*")], "3.0.0.2", isKnown: true),
    connection(
      "a port with the host's number",
      [sidecar(#""egress": [{"port": {"number": 99, "protocol": "TCP"}, "hosts": ["*/*"]}]"#)], "3.0.0.2",
      isKnown: true),
    connection(
      "a port with another number",
      [sidecar(#""egress": [{"port": {"number": 98, "protocol": "TCP"}, "hosts": ["*/*"]}]"#)], "3.0.0.2",
      isKnown: false),
    connection(
      "private Services", [], "3.0.0.2", isKnown: false,
      values: #"{"meshConfig": {"defaultServiceExportTo": ["."]}}"#),
    connection(
      "private Services, its own", [], "3.0.0.1", isKnown: true,
      values: #"{"meshConfig": {"defaultServiceExportTo": ["."]}}"#),
  ]

  @Test(arguments: imports) func importedHosts(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}
