import Intercept
import Manifests
import Testing

/// Listeners under a Sidecar.
extension ListenerCasesTests {
  @Test func boundEgressListeners() throws {
    let db = service("db", "10.96.0.20", port(5701))
    let bound = sidecar(
      #""egress": [{"port": {"number": 5701, "protocol": "TCP"}, "bind": "127.0.0.9", "hosts": ["./*"]}]"#)
    #expect(try route([db, bound], to: "10.96.0.20:5701") == passthrough)
    #expect(
      try route([db, bound], to: "127.0.0.9:5701") == "127.0.0.9_5701 outbound|5701||db.app.svc.cluster.local"
    )
    let open = sidecar(
      #""egress": [{"port": {"number": 5701, "protocol": "TCP"}, "captureMode": "NONE", "hosts": ["./*"]}]"#)
    #expect(try route([db, open], to: "10.96.0.20:5701") == passthrough)
    #expect(
      try route([db, open], to: "127.0.0.1:5701") == "127.0.0.1_5701 outbound|5701||db.app.svc.cluster.local")
  }

  @Test func theSidecarsProtocolCounts() throws {
    let db = service("db", "10.96.0.20", port(5701))
    let http = sidecar(#""egress": [{"port": {"number": 5701, "protocol": "HTTP"}, "hosts": ["./*"]}]"#)
    #expect(try route([db, http], to: "10.96.0.20:5701", http: true) == "0.0.0.0_5701 routes:5701")
    #expect(try route([db, http], to: "10.96.0.20:5701") == "0.0.0.0_5701 PassthroughCluster")
    let proxy = sidecar(
      #""egress": [{"port": {"number": 3128, "protocol": "HTTP_PROXY"}, "bind": "127.0.0.1", "hosts": ["./*"]}]"#
    )
    #expect(try route([db, proxy], to: "127.0.0.1:3128") == "127.0.0.1_3128 routes:3128")
  }

  /// A later egress listener for all ports adds nothing to the ports of those before it.
  @Test func portsOfEgressListenersAreLocked() throws {
    let tcp = entry("t", port: 9080, namespace: "other")
    let http = service("h", "10.96.0.30", port(9080, "http"))
    let both = sidecar(
      #""egress": [{"port": {"number": 9080, "protocol": "HTTP"}, "hosts": ["./*"]}, {"hosts": ["*/*"]}]"#)
    #expect(try route([tcp, http, both], to: "9.9.9.9:9080") == "0.0.0.0_9080 PassthroughCluster")
    #expect(try route([tcp, http, both], to: "9.9.9.9:9080", http: true) == "0.0.0.0_9080 routes:9080")
    #expect(try route([tcp, http], to: "9.9.9.9:9080") == "0.0.0.0_9080 outbound|9080||t.example")
  }

  @Test(arguments: [
    (#"{"mode": "REGISTRY_ONLY"}"#, true), (#"{"mode": "ALLOW_ANY"}"#, false), ("{}", true),
  ])
  func outboundPolicyOfTheSidecar(_ policy: String, _ isClosed: Bool) throws {
    let closed = sidecar(#""outboundTrafficPolicy": \#(policy)"#)
    #expect(
      try route([closed], to: "9.9.9.9:1") == (isClosed ? "virtualOutbound BlackHoleCluster" : passthrough))
  }
}
