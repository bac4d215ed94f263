import Manifests
import Testing

/// HTTP by VirtualServices, under a Sidecar or without one.
struct SidecarCasesTests {
  private static let services = [
    service("known", "2.0.0.0", port(80, "http") + ", " + port(8080, "http-alt")),
    service("alt", "2.0.0.1", port(80, "http") + ", " + port(8080, "http-alt")),
    service("far", "2.0.0.2", port(80, "http") + ", " + port(8080, "http-alt"), namespace: "other"),
  ]
  private static let known = "known.app.svc.cluster.local"
  private static let alt = "alt.app.svc.cluster.local"

  /// The HTTP routes of a VirtualService.
  private static func http(
    _ hosts: String..., to target: String, port: Int? = nil, namespace: String = "app", created: String = "1"
  ) -> String {
    let number = port.map { #", "port": {"number": \#($0)}"# } ?? ""
    return virtualService(
      #""http": [{"route": [\#(destination(target, number))]}]"#,
      hosts: #"["\#(hosts.joined(separator: #"", ""#))"]"#, name: "\(target)-\(created)",
      namespace: namespace,
      created: created)
  }

  private static func request(
    _ name: String, _ objects: [String], to host: String, port: Int = 80, _ cluster: String
  ) -> ListenerCase {
    ListenerCase(name, services + objects, "9.9.9.9:\(port)", .http(host), "0.0.0.0_\(port) \(cluster)")
  }

  private static let unknown = "PassthroughCluster"
  private static let wild = http("*.cluster.local", to: "wild.example")
  private static let explicit = http(known, to: "explicit.example", created: "2")

  /// By the names of Istio's `TestSidecarRoutes`.
  static let routes: [ListenerCase] = [
    request("no rule", [], to: known, "outbound|80||\(known)"),
    request("simple", [http(known, to: alt)], to: known, "outbound|80||\(alt)"),
    request("simple", [http(known, to: alt)], to: known, port: 8080, "outbound|8080||\(alt)"),
    request("a short name", [http("known", to: "alt")], to: known, "outbound|80||\(alt)"),
    request(
      "unknown", [http("foo.app.svc.cluster.local", to: "foo.example")], to: "foo.app.svc.cluster.local",
      "outbound|80||foo.example"),
    request(
      "unknown", [http("foo.app.svc.cluster.local", to: "foo.example")], to: "foo.app.svc.cluster.local",
      port: 8080, unknown),
    request(
      "unknown, destination 8080", [http("foo.example", to: "foo.example", port: 8080)], to: "foo.example",
      port: 8080, unknown),
    request(
      "unknown, destination 8080", [http("foo.example", to: "foo.example", port: 8080)], to: "foo.example",
      "outbound|8080||foo.example"),
    request(
      "producer rule", [http("far.other.svc.cluster.local", to: alt, namespace: "other")], to: "far.other",
      "outbound|80||\(alt)"),
    request(
      "producer rule", [http("far.other.svc.cluster.local", to: alt, namespace: "other")], to: "far.other",
      port: 8080, "outbound|8080||\(alt)"),
    request(
      "consumer rule", [http("far.other.svc.cluster.local", to: alt)], to: "far.other", "outbound|80||\(alt)"),
    request("arbitrary rule", [http(known, to: alt, namespace: "third")], to: known, "outbound|80||\(alt)"),
    request(
      "arbitrary rule", [http(known, to: alt, namespace: "third")], to: known, port: 8080,
      "outbound|8080||\(alt)"),
    request(
      "multiple rules",
      [
        http(known, to: "new.example", created: "3"),
        http(known, to: "old.example", namespace: "third", created: "1"),
        http(known, to: "mid.example", namespace: "other", created: "2"),
      ], to: known, "outbound|80||old.example"),
    request(
      "same namespace conflict",
      [http(known, to: "new.example", created: "2"), http(known, to: "old.example", created: "1")], to: known,
      "outbound|80||old.example"),
    request(
      "cross namespace conflict",
      [
        http(known, to: "new.example", created: "2"),
        http(known, to: "old.example", namespace: "other", created: "1"),
      ], to: known, "outbound|80||old.example"),
    request(
      "wildcard random", [http("*.unknown.example", to: "wild.example")], to: "x.unknown.example",
      "outbound|80||wild.example"),
    request(
      "wildcard random, a known host", [http("*.unknown.example", to: "wild.example")], to: known,
      "outbound|80||\(known)"),
    request("wildcard match", [wild], to: known, "outbound|80||wild.example"),
    request("wildcard match, another name", [wild], to: "x.cluster.local", unknown),
    request("wildcard first then explicit", [wild, explicit], to: known, "outbound|80||explicit.example"),
    request(
      "wildcard first then explicit, the other", [wild, explicit], to: alt, "outbound|80||wild.example"),
    request(
      "explicit first then wildcard", [http("*.cluster.local", to: "wild.example", created: "3"), explicit],
      to: known, "outbound|80||explicit.example"),
    request(
      "the longer wildcard", [wild, http("*.app.svc.cluster.local", to: "long.example", created: "2")],
      to: known, "outbound|80||long.example"),
    request(
      "wildcard and explicit with a Sidecar", [wild, explicit, importing("app/\(known)", "app/\(alt)")],
      to: alt, "outbound|80||wild.example"),
    request(
      "wildcard of a namespace that is not imported",
      [
        http("*.cluster.local", to: "wild.example", namespace: "other"),
        importing("app/\(known)", "app/\(alt)"),
      ], to: alt, "outbound|80||\(alt)"),
    request(
      "wildcard match with an explicit Sidecar", [wild, importing("*/\(known)")], to: known,
      "outbound|80||wild.example"),
    request(
      "a wildcard without a host",
      [http("*.example.org", to: "wild.example"), importing("*/explicit.example.org", "*/\(alt)")],
      to: "x.example.org", "outbound|80||wild.example"),
    request("a host that is not imported", [importing("*/\(alt)")], to: known, unknown),
    request(
      "a second host that is not imported", [http(known, alt, to: "to.example"), importing("*/\(known)")],
      to: alt, "outbound|80||to.example"),
    request(
      "a host of another namespace", [importing("./*", "other/*")], to: "far.other",
      "outbound|80||far.other.svc.cluster.local"),
    request("an address", [], to: "2.0.0.0", "outbound|80||\(known)"),
    request("a host with a port", [], to: "known:80", "outbound|80||\(known)"),
    request("an unknown host", [], to: "x.example", unknown),
    request(
      "a subset",
      [
        virtualService(
          #""http": [{"route": [\#(destination(known, #", "subset": "v1""#))]}]"#, hosts: #"["\#(known)"]"#)
      ], to: known, "outbound|80|v1|\(known)"),
    request(
      "a rule of a gateway",
      [
        virtualService(
          #""gateways": ["gw"], "http": [{"route": [\#(destination(alt))]}]"#, hosts: #"["\#(known)"]"#)
      ], to: known, "outbound|80||\(known)"),
    request(
      "a rule of a gateway and the mesh",
      [
        virtualService(
          #""gateways": ["gw", "mesh"], "http": [{"route": [\#(destination(alt))]}]"#,
          hosts: #"["\#(known)"]"#)
      ], to: known, "outbound|80||\(alt)"),
    request(
      "a rule that is not exported",
      [
        virtualService(
          #""exportTo": ["."], "http": [{"route": [\#(destination(alt))]}]"#, hosts: #"["\#(known)"]"#,
          namespace: "third")
      ], to: known, "outbound|80||\(known)"),
  ]

  @Test(arguments: routes) func requests(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}
