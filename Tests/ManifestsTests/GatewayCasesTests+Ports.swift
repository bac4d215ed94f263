import Manifests
import Testing

/// The ports and addresses of Gateways, by the names of Istio's `TestBuildGatewayListeners`, `TestTargetPort` and
/// `TestDisablePortTranslation`.
extension GatewayCasesTests {
  static let ports: [GatewayCase] = [
    GatewayCase(
      "target port", [gateway(server(80, "HTTP")), front(80, 8080)], 8080, .http("x"),
      "0.0.0.0_8080 routes:http.8080"),
    GatewayCase(
      "target port, not the Service's", [gateway(server(80, "HTTP")), front(80, 8080)], 80, "none"),
    GatewayCase(
      "no Service with the port", [gateway(server(82, "HTTP")), front(80, 8080)], 82, .http("x"),
      "0.0.0.0_82 routes:http.82"),
    GatewayCase(
      "multiple target ports", [gateway(server(80, "HTTP")), front(80, 8080), front(80, 8081, name: "rear")],
      8080, .http("x"), "0.0.0.0_8080 routes:http.8080"),
    GatewayCase(
      "port translation disabled", [gateway(server(80, "HTTP")), front(80, 8080, labels: disabled)], 80,
      .http("x"), "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "port translation disabled for one",
      [gateway(server(80, "HTTP")), front(80, 8081, labels: disabled), front(80, 8080, name: "rear")], 8080,
      .http("x"), "0.0.0.0_8080 routes:http.8080"),
    GatewayCase(
      "a ServiceEntry of the pod", [gateway(server(80, "HTTP")), entryOfPod], 8085, .http("x"),
      "0.0.0.0_8085 routes:http.8085"),
    GatewayCase(
      "target port of HTTPS", [gateway(https), front(443, 8443)], 8443, .tls("a.example"),
      "0.0.0.0_8443 routes:https.443.p-443.g.app"),
    GatewayCase(
      "target port of TCP", [gateway(server(900, "TCP")), bound(tcp), front(900, 9000)], 9000,
      "0.0.0.0_9000 \(to)"),
    GatewayCase(
      "multiple ports", [gateway(server(80, "HTTP"), server(801, "HTTP"))], 801, .http("x"),
      "0.0.0.0_801 routes:http.801"),
    GatewayCase(
      "privileged port on an unprivileged pod",
      [GatewayCase.unprivileged, gateway(server(80, "HTTP"), server(8080, "HTTP"))], 80, "none"),
    GatewayCase(
      "other port on an unprivileged pod",
      [GatewayCase.unprivileged, gateway(server(80, "HTTP"), server(8080, "HTTP"))],
      8080, .http("x"), "0.0.0.0_8080 routes:http.8080"),
    GatewayCase(
      "gateway with bind", [gateway(server(80, "HTTP", more: #", "bind": "10.12.0.9""#))], 80, .http("x"),
      "10.12.0.9_80 routes:http.80.10.12.0.9"),
    GatewayCase(
      "gateway with bind, another address", [gateway(server(80, "HTTP", more: #", "bind": "127.0.0.1""#))],
      80, .http("x"), "none"),
    GatewayCase(
      "gateway with bind and HTTPS",
      [gateway(server(443, "HTTPS", tls: "SIMPLE", more: #", "bind": "10.12.0.9""#))], 443, .tls("a"),
      "10.12.0.9_443 routes:https.443.p-443.g.app.10.12.0.9"),
    GatewayCase(
      "TCP and HTTP on other addresses",
      [gateway(server(80, "TCP", more: #", "bind": "127.0.0.1""#), server(80, "HTTP"))], 80, .http("x"),
      "0.0.0.0_80 routes:http.80"),
    GatewayCase(
      "auto passthrough", [gateway(server(15443, "TLS", hosts: "*.local", tls: "AUTO_PASSTHROUGH"))], 15443,
      .tls("outbound_.7000_._.to.app.svc.cluster.local", alpn: ["istio"]),
      "0.0.0.0_15443 outbound_.7000_._.to.app.svc.cluster.local"),
    GatewayCase(
      "auto passthrough without the mesh's ALPN",
      [gateway(server(15443, "TLS", hosts: "*.local", tls: "AUTO_PASSTHROUGH"))], 15443,
      .tls("outbound_.7000_._.to.app.svc.cluster.local"), "0.0.0.0_15443 closed"),
    GatewayCase(
      "auto passthrough of another host",
      [gateway(server(15443, "TLS", hosts: "*.global", tls: "AUTO_PASSTHROUGH"))], 15443, "none"),
    GatewayCase("another selector", [gateway(server(80, "HTTP"), label: "out")], 80, "none"),
  ]

  @Test(arguments: ports) func portsAndAddresses(_ sample: GatewayCase) throws {
    #expect(try sample.route() == sample.expected)
  }
}
