import Manifests
import Testing

/// Headless Services, aliases, and the workloads of ServiceEntries.
struct HeadlessCasesTests {
  private static let ports = [
    port(80, "http"), port(81, "auto"), port(82), port(83, "tls"), port(84, "https"),
  ].joined(separator: ", ")
  private static let headless = service("h", "None", ports, more: #", "selector": {"app": "h"}"#)
  private static let other = [headless, slice("h", "1.2.3.4", ports: ports)]
  private static let host = "h.app.svc.cluster.local"
  private static let concrete = [service("c", "1.2.3.4", ports), alias("a", of: "c.app.svc.cluster.local")]
  private static let passthrough = "virtualOutbound PassthroughCluster"

  private static func bare(_ name: String, _ port: String, _ selector: String = "h") -> String {
    service(name, "None", port, more: #", "selector": {"app": "\#(selector)"}"#)
  }

  /// A ServiceEntry of resolution NONE.
  private static func external(_ more: String = "", _ protocolName: String = "TCP", _ addresses: String = "")
    -> String
  {
    entry("e", addresses, port: 90, protocolName, resolution: "NONE", more: more)
  }

  private static let vm = #"""
    {"kind": "WorkloadEntry", "metadata": {"name": "vm", "namespace": "app"}, "spec": {"address": "10.13.0.1", "labels":
    {"app": "vm"}}}
    """#
  private static let selecting = #", "workloadSelector": {"labels": {"app": "vm"}}"#

  /// By the names of Istio's `TestHeadlessServices`, `TestExternalNameServices`,
  /// `TestOutboundListenerForHeadlessServices` and `TestOutboundListenerForExternalServices`.
  static let cases: [ListenerCase] = [
    ListenerCase("HTTP", other, "1.2.3.4:80", .http(host), "0.0.0.0_80 outbound|80||\(host)"),
    ListenerCase(
      "HTTP of a short name", other, "1.2.3.4:80", .http("h.app"), "0.0.0.0_80 outbound|80||\(host)"),
    ListenerCase("HTTP of the pod", other, "1.2.3.4:80", .http("h"), "0.0.0.0_80 outbound|80||\(host)"),
    ListenerCase("auto, HTTP", other, "1.2.3.4:81", .http(host), "1.2.3.4_81 outbound|81||\(host)"),
    ListenerCase("auto, TLS", other, "1.2.3.4:81", .tls(host), "1.2.3.4_81 outbound|81||\(host)"),
    ListenerCase("auto, TCP", other, "1.2.3.4:81", "1.2.3.4_81 outbound|81||\(host)"),
    ListenerCase("TCP", other, "1.2.3.4:82", "1.2.3.4_82 outbound|82||\(host)"),
    ListenerCase(
      "TLS of a short name", other, "1.2.3.4:83", .tls("h.app"), "1.2.3.4_83 outbound|83||\(host)"),
    ListenerCase(
      "HTTPS of a short name", other, "1.2.3.4:84", .tls("h.app"), "1.2.3.4_84 outbound|84||\(host)"),
    ListenerCase("unknown address", other, "1.2.3.5:82", passthrough),
    ListenerCase(
      "the second endpoint", [headless, slice("h", "1.2.3.4", "1.2.3.5")], "1.2.3.5:82",
      "1.2.3.5_82 outbound|82||\(host)"),
    ListenerCase("its own endpoint", [headless, slice("h", "10.12.0.1")], "10.12.0.1:82", passthrough),
    ListenerCase("no endpoints", [headless], "1.2.3.4:82", passthrough),
    ListenerCase("no endpoints, auto", [headless], "1.2.3.4:81", passthrough),
    ListenerCase(
      "no endpoints, HTTP", [headless], "1.2.3.4:80", .http(host), "0.0.0.0_80 outbound|80||\(host)"),
    ListenerCase(
      "UDP",
      [
        bare("u", port(53, "dns", #", "protocol": "UDP""#)),
        slice("u", "1.2.3.4", ports: port(53, "dns")),
      ], "1.2.3.4:53",
      passthrough),
    ListenerCase(
      "a workload of a VM", [bare("v", port(82), "vm"), vm], "10.13.0.1:82",
      "10.13.0.1_82 outbound|82||v.app.svc.cluster.local"),
    ListenerCase(
      "a slice and a VM",
      [bare("v", port(82), "vm"), slice("v", "1.2.3.4", ports: port(82, "vm")), vm], "10.13.0.1:82",
      "10.13.0.1_82 outbound|82||v.app.svc.cluster.local"),
    ListenerCase(
      "two Services of one pod",
      [bare("z", port(82)), bare("y", port(82)), slice("z", "1.2.3.4"), slice("y", "1.2.3.4")], "1.2.3.4:82",
      "1.2.3.4_82 outbound|82||y.app.svc.cluster.local"),
    ListenerCase(
      "under a Sidecar", other + [importing("./*")], "1.2.3.4:82", "1.2.3.4_82 outbound|82||\(host)"),
    ListenerCase("not imported", other + [importing("./x.app.svc.cluster.local")], "1.2.3.4:82", passthrough),
    ListenerCase(
      "a port of a Sidecar",
      other + [sidecar(#""egress": [{"port": {"number": 82, "protocol": "TCP"}, "hosts": ["./*"]}]"#)],
      "1.2.3.4:82", "0.0.0.0_82 outbound|82||\(host)"),
    ListenerCase("external service", [external()], "9.9.9.9:90", "0.0.0.0_90 outbound|90||e.example"),
    ListenerCase(
      "external service, auto", [external("", "")], "9.9.9.9:90", "0.0.0.0_90 outbound|90||e.example"),
    ListenerCase(
      "external service, HTTP", [external("", "HTTP")], "9.9.9.9:90", .http("e.example"),
      "0.0.0.0_90 outbound|90||e.example"),
    ListenerCase(
      "external service, TLS", [external("", "TLS")], "9.9.9.9:90", .tls("e.example"),
      "0.0.0.0_90 outbound|90||e.example"),
    ListenerCase(
      "external service, other TLS", [external("", "TLS")], "9.9.9.9:90", .tls("f.example"),
      "0.0.0.0_90 PassthroughCluster"),
    ListenerCase("external service with a selector", [external(selecting)], "9.9.9.9:90", passthrough),
    ListenerCase(
      "external service with a selector and endpoints", [external(selecting), vm], "10.13.0.1:90",
      "10.13.0.1_90 outbound|90||e.example"),
    ListenerCase(
      "external service, another address", [external(selecting), vm], "10.13.0.2:90", passthrough),
    ListenerCase(
      "external service with listed endpoints", [external(#", "endpoints": [{"address": "5.5.5.5"}]"#)],
      "5.5.5.5:90", "5.5.5.5_90 outbound|90||e.example"),
    ListenerCase(
      "no listeners for a DNS instance", [external(#", "endpoints": [{"address": "not-an-ip.example"}]"#)],
      "5.5.5.5:90", passthrough),
    ListenerCase(
      "external service with an address", [external("", "TCP", #""7.7.7.7""#)], "7.7.7.7:90",
      "7.7.7.7_90 outbound|90||e.example"),
    ListenerCase(
      "alias, HTTP", concrete, "1.2.3.4:80", .http("a.app.svc.cluster.local"),
      "0.0.0.0_80 outbound|80||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, HTTP of a short name", concrete, "1.2.3.4:80", .http("a.app"),
      "0.0.0.0_80 outbound|80||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, HTTP of its name", concrete, "1.2.3.4:80", .http("a"),
      "0.0.0.0_80 outbound|80||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, auto, HTTP", concrete, "1.2.3.4:81", .http("a.app.svc.cluster.local"),
      "1.2.3.4_81 outbound|81||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, auto, TLS", concrete, "1.2.3.4:81", .tls("a.app.svc.cluster.local"),
      "1.2.3.4_81 outbound|81||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, auto, TCP", concrete, "1.2.3.4:81", "1.2.3.4_81 outbound|81||c.app.svc.cluster.local"),
    ListenerCase("alias, TCP", concrete, "1.2.3.4:82", "1.2.3.4_82 outbound|82||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, TLS", concrete, "1.2.3.4:83", .tls("a.app"), "1.2.3.4_83 outbound|83||c.app.svc.cluster.local"),
    ListenerCase(
      "alias, HTTPS", concrete, "1.2.3.4:84", .tls("a.app"), "1.2.3.4_84 outbound|84||c.app.svc.cluster.local"
    ),
    ListenerCase(
      "alias of an alias", concrete + [alias("b", of: "a.app.svc.cluster.local")], "1.2.3.4:80",
      .http("b.app"), "0.0.0.0_80 outbound|80||c.app.svc.cluster.local"),
    ListenerCase(
      "aliases in a circle",
      [
        alias("a", of: "b.app.svc.cluster.local", port(82)),
        alias("b", of: "a.app.svc.cluster.local", port(82)),
      ], "1.2.3.4:82", passthrough),
    ListenerCase(
      "TCP routes do not apply to an alias",
      concrete + [
        virtualService(
          #""tcp": [{"route": [\#(destination("c", #", "port": {"number": 80}"#))]}]"#,
          hosts: #"["a.app.svc.cluster.local"]"#)
      ], "1.2.3.4:82", "1.2.3.4_82 outbound|82||c.app.svc.cluster.local"),
    ListenerCase(
      "a route to an alias of an alias",
      concrete + [
        alias("b", of: "a.app.svc.cluster.local"), service("db", "5.5.5.5", port(82)),
        virtualService(#""tcp": [{"route": [\#(destination("b"))]}]"#),
      ], "5.5.5.5:82", "5.5.5.5_82 outbound|82||c.app.svc.cluster.local"),
    ListenerCase("alias with a port", [alias("x", of: "y.example", port(82))], "9.9.9.9:82", passthrough),
    ListenerCase(
      "alias up to Istio 1.20", [alias("x", of: "y.example", port(82))], "9.9.9.9:82",
      "0.0.0.0_82 outbound|82||x.app.svc.cluster.local", release: 20),
    ListenerCase(
      "alias from Istio 1.21 on", [alias("x", of: "y.example", port(82))], "9.9.9.9:82", passthrough,
      release: 21),
    ListenerCase(
      "alias of HTTP up to Istio 1.20", [alias("x", of: "y.example", port(80, "http"))], "9.9.9.9:80",
      .http("x.app"), "0.0.0.0_80 outbound|80||x.app.svc.cluster.local", release: 20),
  ]

  @Test(arguments: cases) func endpoints(_ sample: ListenerCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}
