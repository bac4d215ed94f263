import Manifests
import Testing

/// The servers of Gateways, merged, by the names of Istio's `TestGatewayConflicts` and `TestGatewayFilterChainSNIOverlap`.
struct GatewayCasesTests {
  static let to = "outbound|7000||to.app.svc.cluster.local"

  static func bound(
    _ spec: String, hosts: String = "*", to gateways: String = "g", name: String = "v", created: String = "",
    namespace: String = "app"
  ) -> String {
    virtualService(
      #""gateways": ["\#(gateways)"], \#(spec)"#, hosts: #"["\#(hosts)"]"#, name: name, namespace: namespace,
      created: created)
  }

  static let toPort = destination("to.app.svc.cluster.local", #", "port": {"number": 7000}"#)
  static let tcp = #""tcp": [{"route": [\#(toPort)]}]"#

  static func tls(_ names: String, to host: String = "to.app.svc.cluster.local") -> String {
    let route = destination(host, #", "port": {"number": 7000}"#)
    return #""tls": [{"match": [{"sniHosts": ["\#(names)"]}], "route": [\#(route)]}]"#
  }

  /// A Service of the gateway's pods.
  static func front(_ port: Int, _ target: Int, name: String = "front", labels: String = "{}")
    -> String
  {
    #"""
    {"kind": "Service", "metadata": {"name": "\#(name)", "namespace": "in", "labels": \#(labels)}, "spec": {"selector":
    {"istio": "in"}, "ports": [{"port": \#(port), "targetPort": \#(target)}]}}
    """#
  }

  static let passthrough = server(443, "TLS", hosts: "*.example", tls: "PASSTHROUGH")
  static let https = server(443, "HTTPS", hosts: "a.example", tls: "SIMPLE")
  static let redirect = #", "tls": {"httpsRedirect": true}"#
  static let disabled = #"{"experimental.istio.io/disable-gateway-port-translation": "true"}"#
  static let entryOfPod = entry(
    "in", port: 80, "HTTP", resolution: "STATIC", namespace: "other",
    more: #", "location": "MESH_INTERNAL", "endpoints": [{"address": "10.12.0.9", "ports": {"": 8085}}]"#)

  static let cases: [GatewayCase] = [
    GatewayCase(
      "duplicate TCP gateway, the other first",
      [gateway(server(80, "TCP"), name: "a"), gateway(server(80, "TCP")), bound(tcp)], 80, "none"),
    GatewayCase(
      "duplicate TCP gateway, this first",
      [gateway(server(80, "TCP"), name: "z"), gateway(server(80, "TCP")), bound(tcp)], 80, "0.0.0.0_80 \(to)"),
    GatewayCase(
      "duplicate TCP gateway, this older",
      [
        gateway(server(80, "TCP"), name: "a", created: "2"), gateway(server(80, "TCP"), created: "1"),
        bound(tcp),
      ], 80, "0.0.0.0_80 \(to)"),
    GatewayCase(
      "multiple protocols on a port, TCP first",
      [gateway(server(80, "TCP"), name: "a"), gateway(server(80, "HTTP"), name: "b")], 80, "none"),
    GatewayCase(
      "multiple protocols on a port, HTTP first",
      [gateway(server(80, "TCP"), name: "b"), gateway(server(80, "HTTP"), name: "a")], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "HTTP and HTTP2", [gateway(server(80, "HTTP"), server(80, "HTTP2"))], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "HTTP and gRPC", [gateway(server(80, "HTTP"), server(80, "GRPC"))], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "plain text first, then TLS", [gateway(server(443, "HTTP"), https)], 443, .tls("a.example"),
      "0.0.0.0_443 closed"),
    GatewayCase(
      "TLS first, then plain text", [gateway(https, server(443, "HTTP"))], 443, .tls("a.example"),
      "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "TLS first, then plain text, HTTP", [gateway(https, server(443, "HTTP"))], 443, .http("x"),
      "0.0.0.0_443 routes:http.443"),
    GatewayCase(
      "httpsRedirect", [gateway(server(80, "HTTP", more: redirect))], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "mixed httpsRedirect",
      [gateway(server(80, "HTTP", hosts: "a.example", more: redirect), server(80, "HTTP"))], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "HTTPS", [gateway(https)], 443, .tls("a.example"), "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase("HTTPS, another name", [gateway(https)], 443, .tls("b.example"), "0.0.0.0_443 closed"),
    GatewayCase(
      "HTTPS of every host", [gateway(server(443, "HTTPS", tls: "SIMPLE"))], 443, .tls("any"),
      "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "HTTPS with mutual TLS", [gateway(server(443, "HTTPS", tls: "MUTUAL"))], 443, .tls("any"),
      "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "HTTPS without TLS settings", [gateway(server(443, "HTTPS")), bound(tcp)], 443, "0.0.0.0_443 \(to)"),
    GatewayCase(
      "HTTPS with a namespace", [gateway(server(443, "HTTPS", hosts: "app/a.example", tls: "SIMPLE"))], 443,
      .tls("a.example"), "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "duplicate TLS gateway", [gateway(https), gateway(https, name: "h")], 443, .tls("a.example"),
      "0.0.0.0_443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "TLS gateways of other hosts",
      [gateway(https), gateway(server(443, "HTTPS", hosts: "b.example", tls: "SIMPLE"), name: "h")], 443,
      .tls("b.example"), "0.0.0.0_443 routes:https.443.p-443.h.app"),
    GatewayCase(
      "HTTPS forwarded",
      [
        gateway(server(443, "HTTPS", hosts: "*.example", tls: "PASSTHROUGH")),
        bound(tls("a.example"), hosts: "a.example"),
      ], 443, .tls("a.example"), "0.0.0.0_443 \(to)"),
    GatewayCase(
      "duplicate TLS virtual service",
      [
        gateway(passthrough), bound(tls("a.example"), hosts: "a.example"),
        bound(tls("a.example", to: "x"), hosts: "a.example", name: "w"),
      ], 443, .tls("a.example"), "0.0.0.0_443 \(to)"),
    GatewayCase(
      "TLS virtual services of other names",
      [
        gateway(passthrough), bound(tls("a.example"), hosts: "a.example"),
        bound(tls("b.example"), hosts: "b.example", name: "w"),
      ], 443, .tls("b.example"), "0.0.0.0_443 \(to)"),
    GatewayCase(
      "SNI overlap in one gateway",
      [
        gateway(passthrough, server(443, "HTTPS", tls: "PASSTHROUGH")),
        bound(tls("a.example"), hosts: "a.example"),
      ], 443, .tls("a.example"), "0.0.0.0_443 \(to)"),
    GatewayCase(
      "SNI overlap in two gateways",
      [
        gateway(passthrough), gateway(server(443, "HTTPS", tls: "PASSTHROUGH"), name: "h"),
        bound(tls("a.example"), hosts: "a.example"),
      ], 443, .tls("a.example"), "0.0.0.0_443 \(to)"),
    GatewayCase(
      "no TLS route for the name", [gateway(passthrough), bound(tls("a.example"), hosts: "a.example")], 443,
      .tls("b.example"), "0.0.0.0_443 closed"),
    GatewayCase("no TLS routes", [gateway(passthrough)], 443, "none"),
    GatewayCase(
      "TCP routes of a forwarding server", [gateway(passthrough), bound(tcp, hosts: "a.example")], 443, "none"
    ),
    GatewayCase(
      "a virtual service of another host", [gateway(passthrough), bound(tls("a.example"), hosts: "a.test")],
      443, "none"),
    GatewayCase(
      "TLS terminated, TCP",
      [gateway(server(900, "TLS", hosts: "a.example", tls: "SIMPLE")), bound(tcp, hosts: "a.example")], 900,
      .tls("a.example"), "0.0.0.0_900 \(to)"),
    GatewayCase(
      "TLS terminated, another name",
      [gateway(server(900, "TLS", hosts: "a.example", tls: "SIMPLE")), bound(tcp, hosts: "a.example")], 900,
      .tls("b.example"), "0.0.0.0_900 closed"),
    GatewayCase(
      "TCP with TLS", [gateway(server(900, "TCP", tls: "SIMPLE")), bound(tcp)], 900, .tls("a.example"),
      "0.0.0.0_900 \(to)"),
    GatewayCase(
      "mutual TLS of the mesh", [gateway(server(900, "TCP", tls: "ISTIO_MUTUAL")), bound(tcp)], 900,
      .tls("a.example", alpn: ["istio"]), "0.0.0.0_900 \(to)"),
    GatewayCase("Mongo", [gateway(server(900, "MONGO")), bound(tcp)], 900, "0.0.0.0_900 \(to)"),
    GatewayCase(
      "a TCP route of another port",
      [gateway(server(900, "TCP")), bound(#""tcp": [{"match": [{"port": 901}], "route": [\#(toPort)]}]"#)],
      900, "none"),
    GatewayCase(
      "a TCP route of another gateway",
      [
        gateway(server(900, "TCP")),
        bound(#""tcp": [{"match": [{"gateways": ["x"]}], "route": [\#(toPort)]}]"#),
      ], 900, "none"),
    GatewayCase(
      "a TCP route without destinations", [gateway(server(900, "TCP")), bound(#""tcp": [{"route": []}]"#)],
      900, "none"),
    GatewayCase(
      "the second TCP route",
      [
        gateway(server(900, "TCP")),
        bound(
          #""tcp": [{"match": [{"port": 901}], "route": [\#(destination("x"))]}, {"route": [\#(toPort)]}]"#),
      ], 900, "0.0.0.0_900 \(to)"),
    GatewayCase(
      "a gateway of another namespace",
      [gateway(server(900, "TCP"), namespace: "other"), bound(tcp, to: "other/g")], 900, "0.0.0.0_900 \(to)"),
    GatewayCase(
      "a gateway by its old name",
      [gateway(server(900, "TCP"), namespace: "other"), bound(tcp, to: "g.other")], 900, "0.0.0.0_900 \(to)"),
    GatewayCase(
      "hosts of another namespace", [gateway(server(900, "TCP", hosts: "x/*")), bound(tcp)], 900, "none"),
    GatewayCase(
      "hosts of the gateway's namespace", [gateway(server(900, "TCP", hosts: "./*")), bound(tcp)], 900,
      "0.0.0.0_900 \(to)"),
    GatewayCase(
      "hosts of every namespace", [gateway(server(900, "TCP", hosts: "*/*")), bound(tcp)], 900,
      "0.0.0.0_900 \(to)"),
    GatewayCase(
      "a virtual service that is not exported",
      [gateway(server(900, "TCP")), bound(#""exportTo": ["."], \#(tcp)"#)], 900, "none"),
    GatewayCase(
      "the older virtual service",
      [
        gateway(server(900, "TCP")), bound(tcp, name: "z", created: "1"),
        bound(#""tcp": [{"route": [\#(destination("x"))]}]"#, name: "a", created: "2"),
      ], 900, "0.0.0.0_900 \(to)"),
  ]

  @Test(arguments: cases) func servers(_ sample: GatewayCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}
