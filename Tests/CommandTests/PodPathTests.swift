import FoundationEssentials
import TestSupport
import Testing

/// `trace --to-pod`: from connect() in one pod to accept() in another.
struct PodPathTests {
  private struct Answer: Decodable {
    struct Path: Decodable {
      struct Security: Decodable {
        let client: String
        let server: String?
        let serverObject: String?
        let fits: Bool?
      }
      let pod: String
      let endpoint: String?
      let mutualTLS: Security?
      let legs: [Leg]
      let end: String
      let app: String?
    }
    struct Leg: Decodable {
      struct Trace: Decodable { let verdict: String }
      let trace: Trace
    }
    let verdict: String
    let toPod: Path?
  }

  private static let manifest = Repository.path("golden/manifests/two-pods.yaml")

  private func answer(_ words: [String], uid: Int = 1000) throws -> Answer {
    let run = try Tool.run(
      [
        "trace", "--ip-family", "ipv4", "--istio-release", "1.22", "outbound", "--uid", "\(uid)", "--format",
        "json",
      ]
        + words)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
  }

  private func path(_ manifest: String, _ to: String, uid: Int = 1000, pod: String = "data/db") throws
    -> Answer.Path
  {
    let words = [
      "--pod", manifest, "--name", "app/web", "--listeners-from", manifest, "--to", to, "--to-pod", pod,
    ]
    return try #require(try answer(words, uid: uid).toPod)
  }

  private func withFile(_ text: String, ending: String, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "pod-\(UUID())\(ending)")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }

  /// Runs a body with the manifest of two pods and some more objects.
  private func withObjects(_ objects: String, _ body: (String) throws -> Void) throws {
    let text = try Repository.text("golden/manifests/two-pods.yaml") + "\n---\n" + objects
    try withFile(text, ending: ".yaml", body)
  }

  @Test func manifestsAloneLeadToTheApp() throws {
    let path = try path(Self.manifest, "10.96.0.20:5701")
    #expect(path.pod == "Pod data/db" && path.endpoint == "10.12.0.7:5701")
    #expect(path.end == "accepted" && path.app == "10.12.0.7:5701")
    #expect(path.mutualTLS?.client == "mutual" && path.mutualTLS?.server == "PERMISSIVE")
    #expect(path.mutualTLS?.fits == true)
    // The client's proxy passes its rules, the other proxy gets the connection, and its own connection passes again.
    #expect(path.legs.map(\.trace.verdict) == ["accept", "redirect", "accept"])
  }

  /// A Service of HTTP with another port of the pod; the request has no host.
  @Test func requestsGoToTheTargetPort() throws {
    let path = try path(Self.manifest, "10.96.0.20:80")
    #expect(path.end == "accepted" && path.app == "10.12.0.7:8080")
    #expect(path.mutualTLS?.client == "mutual" && path.mutualTLS?.fits == true)
  }

  /// The TLS of a DestinationRule against the mode of a PeerAuthentication.
  @Test(
    arguments: [("DISABLE", "none"), ("ISTIO_MUTUAL", "mutual"), ("SIMPLE", "simple"), ("", "mutual")],
    ["DISABLE", "PERMISSIVE", "STRICT"])
  func sidesFitOrNot(_ rule: (mode: String, tls: String), _ mode: String) throws {
    let client =
      rule.mode.isEmpty
      ? ""
      : """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: db, namespace: app}
      spec: {host: db.data.svc.cluster.local, trafficPolicy: {tls: {mode: \(rule.mode)}}}
      ---

      """
    let server = """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default, namespace: data}
      spec: {mtls: {mode: \(mode)}}
      """
    let sends = rule.mode.isEmpty && mode == "DISABLE" ? "none" : rule.tls
    let fits: Bool? =
      switch (sends, mode) {
      case ("none", "STRICT"), ("mutual", "DISABLE"), ("simple", "STRICT"): false
      case ("simple", _): nil
      default: true
      }
    try withObjects(client + server) { file in
      let path = try path(file, "10.96.0.20:5701")
      #expect(path.mutualTLS?.client == sends && path.mutualTLS?.server == mode)
      #expect(path.mutualTLS?.serverObject == "PeerAuthentication data/default")
      #expect(path.mutualTLS?.fits == fits)
      #expect((path.end == "accepted") == (fits != false))
    }
  }

  /// A connection that the client's rules leave alone is plain text, and kube-proxy selects the endpoint.
  @Test func connectionsPastTheClientsProxy() throws {
    let past = try path(Self.manifest, "10.96.0.20:5701", uid: 1337)
    #expect(past.end == "accepted" && past.mutualTLS?.client == "none")
    let strict = """
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: {name: default, namespace: data}
      spec: {mtls: {mode: STRICT}}
      """
    try withObjects(strict) { file in
      let path = try path(file, "10.96.0.20:5701", uid: 1337)
      #expect(path.end == "fails" && path.mutualTLS?.fits == false)
    }
  }

  @Test func otherDestinationsAreElsewhere() throws {
    #expect(try path(Self.manifest, "9.9.9.9:443").end == "elsewhere")
    #expect(try path(Self.manifest, "10.96.0.20:5701", pod: "app/web").end == "elsewhere")
  }

  /// The pod's own file, which has the endpoint, and its rules in a file of their own.
  @Test func filesOfThePod() throws {
    let byFile = try path(Self.manifest, "10.96.0.20:5701", pod: Self.manifest)
    #expect(byFile.pod == "Pod data/db" && byFile.end == "accepted")
    let closed = "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    try withFile(closed, ending: ".rules") { rules in
      let words = [
        "--pod", Self.manifest, "--name", "app/web", "--listeners-from", Self.manifest, "--to",
        "10.96.0.20:5701",
        "--to-pod", "data/db", "--to-pod", rules,
      ]
      let path = try answer(words).toPod
      #expect(path?.end == "fails")
    }
  }

  /// Both proxies' own configuration, without any manifest.
  @Test func dumpsOfBothProxies() throws {
    let client = """
      {"listeners": [{"name": "virtualOutbound", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 15001}},
      "useOriginalDst": true, "filterChains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy", "typedConfig":
      {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "cluster": "db"}}]}]}],
      "clusters": [{"name": "db", "type": "STATIC", "loadAssignment": {"endpoints": [{"lbEndpoints": [{"endpoint":
      {"address": {"socketAddress": {"address": "10.12.0.7", "portValue": 5701}}}}]}]}}]}
      """
    let server = """
      [{"name": "virtualInbound", "address": {"socketAddress": {"address": "0.0.0.0", "portValue": 15006}},
      "listenerFilters": [{"name": "envoy.filters.listener.original_dst"}],
      "filterChains": [{"filters": [{"name": "envoy.filters.network.tcp_proxy", "typedConfig":
      {"@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", "cluster":
      "InboundPassthroughCluster"}}]}]}]
      """
    try withFile(client, ending: ".json") { client in
      try withFile(server, ending: ".json") { server in
        let words = [
          "--profile", "sidecar", "--envoy-config", client, "--to", "10.96.0.20:5701", "--to-pod", server,
        ]
        let path = try #require(try answer(words).toPod)
        #expect(path.end == "accepted" && path.app == "10.12.0.7:5701")
        #expect(path.mutualTLS?.client == "none" && path.mutualTLS?.server == "DISABLE")
      }
    }
  }

  @Test(arguments: [
    (["--to-pod", "data/none"], 1, "data/none"),
    (["--to-pod", "-"], 64, "--to-pod"),
    (["--to-pod", "data/db", "--udp"], 64, "--to-pod"),
    (["--to-pod", "data/db", "--flows", "x"], 64, "--to-pod"),
  ])
  func mistakes(_ words: [String], _ status: Int32, _ part: String) throws {
    let run = try Tool.run(
      [
        "trace", "--ip-family", "ipv4", "--pod", Self.manifest, "--name", "app/web", "--listeners-from",
        Self.manifest, "outbound", "--to", "10.96.0.20:5701",
      ] + words)
    #expect(run.status == status && run.errors.contains(part) && run.output.isEmpty, "\(run)")
  }
}
