import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// The answer of `doctor --format json`.
struct DoctorAnswer: Decodable {
  struct Finding: Decodable {
    let check, severity, what, remedy: String
    let why: [String]
  }

  let schemaVersion: Int
  let ok: Bool
  let findings: [Finding]
  let unseen: [String]
}

extension PodSandbox {
  /// A pod with a sidecar's rules, a proxy, and an app on port 8080.
  static func healthy(_ options: String = "", except ports: Set<UInt16> = []) throws -> PodSandbox {
    let pod = try PodSandbox()
    try pod.install(options)
    for port in [15000, 15001, 15004, 15006, 15020, 15021, 15090] as [UInt16] where !ports.contains(port) {
      try pod.listen(port, as: proxy, at: [15000, 15004].contains(port) ? "127.0.0.1" : "0.0.0.0")
    }
    if !ports.contains(8080) { try pod.listen(8080, as: app) }
    return pod
  }

  func examine(_ options: String = "") throws -> (status: Int32, answer: DoctorAnswer) {
    let outcome = try tool("doctor --format json \(options)")
    return (outcome.status, try JSONDecoder().decode(DoctorAnswer.self, from: Data(outcome.output.utf8)))
  }

  /// Expects that a check names the cause first.
  func expectFirst(
    _ check: String, _ options: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (status, answer) = try examine(options)
    #expect(answer.findings.first?.check == check, "\(answer)", sourceLocation: sourceLocation)
    #expect(status == 1 && !answer.ok, sourceLocation: sourceLocation)
    #expect(answer.findings.first?.remedy.isEmpty == false, sourceLocation: sourceLocation)
    let text = try tool("doctor \(options)")
    #expect(text.status == 1 && text.output.hasPrefix("ERROR") || text.output.hasPrefix("WARNING"))
  }
}

/// Pods with one fault each, in real namespaces: `doctor` names the cause first.
@Suite(.enabled(if: canUseKernel))
struct DoctorTests {
  @Test(arguments: ["", "--native-nftables", "-m TPROXY", "--istio-release 1.16", "--drop-invalid"])
  func nothingIsWrongWithAHealthyPod(_ options: String) throws {
    let pod = try PodSandbox.healthy(options)
    if options.contains("TPROXY") { return try expectTransparency(pod) }
    let (status, answer) = try pod.examine()
    #expect(answer.findings.isEmpty, "\(answer)")
    #expect(status == 0 && answer.ok && answer.schemaVersion >= 1)
    #expect(try pod.tool("doctor").status == 0)
  }

  /// The listeners of the sandbox are not transparent.
  private func expectTransparency(_ pod: PodSandbox) throws {
    #expect(try pod.examine().answer.findings.map(\.check) == ["tproxy-routing"])
  }

  @Test func aNamespaceWithoutRules() throws { try PodSandbox().expectFirst("no-rules") }

  @Test func aNamespaceThatCannotBeEnteredIsAnError() throws {
    let outcome = try PodSandbox().tool("doctor --network-namespace /nowhere")
    #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }

  /// Rules about the proxy's own ports, in a pod without an app, before any packet has met them.
  @Test(arguments: [
    ("iptables-nft -A INPUT -p tcp --dport 15006 -j DROP", "rule-drops"),
    ("iptables-nft -A INPUT -p tcp --dport 15001 -j DROP", "rule-drops"),
    ("iptables-nft -t raw -A OUTPUT -p tcp --sport 15006 -j NOTRACK", "not-tracked"),
    (
      "nft add table inet f; add chain inet f o { type filter hook output priority -300; }; "
        + "add rule inet f o tcp sport 15001 notrack", "not-tracked"
    ),
    (
      "nft add table inet f; add chain inet f i { type filter hook input priority 0; }; "
        + "add rule inet f i tcp dport 15006 drop", "foreign-table"
    ),
  ])
  func rulesAboutThePortsOfTheProxy(_ rule: String, _ check: String) throws {
    let pod = try PodSandbox.healthy(except: [8080])
    #expect(try pod.examine().status == 0)
    try pod.command(rule)
    try pod.expectFirst(check)
    let dead = try PodSandbox.healthy(except: [15001, 15006, 8080])
    try dead.command(rule)
    let found = try dead.examine().answer.findings.filter { $0.severity == "error" }.map(\.check)
    #expect(found.contains("proxy-dead") && found.contains(check), "\(found)")
  }

  @Test(arguments: ["-j DROP", "-p tcp -j REJECT", "-p tcp --dport 5701 -j DROP"])
  func aRuleOfIptablesThatDrops(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -A OUTPUT -d 10.244.1.1 \(rule)")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.proxy)
    try pod.expectFirst("rule-drops")
  }

  @Test func aRuleOfNftThatDrops() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table inet firewall")
    try pod.command("nft 'add chain inet firewall out { type filter hook output priority 0; }'")
    try pod.command("nft add rule inet firewall out ip daddr 10.244.1.1 tcp dport 5701 counter drop")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.proxy)
    try pod.expectFirst("foreign-table")
  }

  @Test(arguments: ["--native-nftables", "--force-iptables-binary legacy"])
  func aRuleOfIptablesBesideIstiosOtherTables(_ options: String) throws {
    if options.contains("legacy"), !hasLegacyTables { return }
    let pod = try PodSandbox.healthy(options)
    try pod.command("iptables-nft -A INPUT -s 10.244.1.0/24 -p tcp --dport 9999 -j DROP")
    #expect(try pod.examine().answer.findings.allSatisfy { $0.severity == "warning" })
    try pod.command("iptables-nft -A OUTPUT -d 10.244.1.1 -p tcp --dport 5701 -j DROP")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.proxy)
    try pod.expectFirst("foreign-table")
    #expect(try pod.examine().answer.findings.first?.what.contains("tcp dport 5701") == true)
  }

  @Test func aRuleOfIptablesThatRedirectsBesideTheNativeForm() throws {
    let pod = try PodSandbox.healthy("--native-nftables")
    try pod.command("iptables-nft -t nat -I OUTPUT -d 203.0.113.0/24 -p tcp -j REDIRECT --to-ports 9999")
    try pod.expectFirst("foreign-table")
  }

  @Test(.enabled(if: hasLegacyTables)) func rulesOfIptablesLegacyBesideIstios() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-legacy -A OUTPUT -d 10.244.1.1 -p tcp --dport 5701 -j DROP")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.proxy)
    try pod.expectFirst("rule-drops")
    try pod.command("iptables-legacy -F OUTPUT")
    try pod.command("iptables-legacy -t nat -I OUTPUT -p tcp -j REDIRECT --to-ports 9999")
    #expect(try pod.examine().answer.findings.map(\.check).contains("shadowing-rule"))
  }

  @Test(arguments: ["", "--native-nftables"]) func aRuleThatDropsAnswers(_ options: String) throws {
    let pod = try PodSandbox.healthy(options)
    try pod.neighbourListens(5701)
    try pod.command("iptables-nft -A INPUT -s 10.244.1.1 -p tcp -j DROP")
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.proxy)
    try pod.expectFirst(options.isEmpty ? "rule-drops" : "foreign-table")
  }

  /// Rules that no connection of the pod has met, though made-up peers of typical connections would.
  @Test(arguments: [
    "OUTPUT -d 203.0.113.0/24 -j DROP", "INPUT -s 198.51.100.0/24 -j DROP",
    "OUTPUT -p tcp --dport 25 -j REJECT", "INPUT -m conntrack --ctstate INVALID -j DROP",
  ])
  func aHarmlessRuleIsNoFinding(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -A \(rule)")
    #expect(try pod.examine().answer.findings.isEmpty)
  }

  @Test func aForeignPolicyThatDropsIsOneFinding() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table inet firewall")
    try pod.command("nft 'add chain inet firewall out { type filter hook output priority 0; policy drop; }'")
    let checks = try pod.examine().answer.findings.map(\.check)
    #expect(checks.first == "foreign-table" && checks.count { $0 == "foreign-table" } == 1)
    #expect(!checks.contains("rule-drops"))
  }

  @Test(arguments: ["OUTPUT -p tcp", "PREROUTING -p tcp --dport 8080"])
  func connectionsThatAreNotTracked(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t raw -A \(rule) -j CT --notrack")
    try pod.expectFirst("not-tracked")
  }

  @Test func theProxysOwnConfigurationIsFollowed() throws {
    let pod = try PodSandbox.healthy(except: [15000])
    let listener = """
      {"name":"virtualOutbound","address":{"socket_address":{"address":"0.0.0.0","port_value":15001}},\
      "filter_chains":[{"filters":[{"name":"envoy.filters.network.tcp_proxy","typed_config":{\
      "@type":"type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",\
      "stat_prefix":"x","cluster":"BlackHoleCluster"}}]}]}
      """
    try pod.serve("{\"listeners\":[\(listener)]}", 15000)
    try pod.neighbourListens(5701)
    let outcome = try pod.tool("doctor --ask-proxy --to 10.244.1.1:5701")
    #expect(outcome.output.contains("BlackHoleCluster"), "\(outcome)")
    #expect(try pod.examine("--ask-proxy").answer.unseen.allSatisfy { !$0.contains("configuration") })
  }

  @Test func aForeignChainThatOnlyCountsIsFine() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table inet metrics")
    try pod.command("nft 'add chain inet metrics out { type filter hook output priority 0; }'")
    try pod.command("nft add rule inet metrics out counter")
    #expect(try pod.examine().status == 0)
  }

  @Test func anUpstreamThatDoesNotAnswer() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip neighbour add 10.244.1.99 lladdr 02:00:00:00:00:01 dev eth0")
    try pod.connect(to: "10.244.1.99", 5701, as: PodSandbox.proxy)
    try pod.expectFirst("dead-upstream")
  }

  @Test func aDestinationThatIsAskedFor() throws {
    let pod = try PodSandbox.healthy()
    try pod.expectFirst("destination", "--to 10.244.1.1:5701")
    try pod.neighbourListens(5702)
    #expect(try pod.examine("--to 10.244.1.1:5702").status == 0)
  }

  @Test func aPortThatIsReachedPastTheProxy() throws {
    try PodSandbox.healthy("-d 15090,15021,15020,8080").expectFirst("inbound-bypass")
  }

  @Test func probesThatFail() throws {
    try PodSandbox.healthy("-d 15090,15020").expectFirst("probe-fails")
    try PodSandbox.healthy(except: [15021]).expectFirst("probe-fails")
    let pod = try PodSandbox.healthy(except: [15021])
    pod.readiness = "503 Service Unavailable"
    try pod.listen(15021, as: PodSandbox.proxy)
    try pod.expectFirst("probe-fails")
  }

  @Test(arguments: [(8080, "true", nil), (8080, "false", "probe-fails"), (8081, "false", "probe-fails")])
  func probesOfAManifest(_ port: Int, _ isRewritten: String, _ finding: String?) throws {
    let file = URL(filePath: "/tmp/pod-\(UUID().uuidString).yaml")
    defer { try? FileManager.default.removeItem(at: file) }
    try """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, annotations: {sidecar.istio.io/rewriteAppHTTPProbers: "\(isRewritten)"}}
    spec:
      containers:
      - name: web
        ports: [{name: http, containerPort: \(port)}]
        readinessProbe: {httpGet: {path: /healthz, port: http}}
    """.write(to: file, atomically: true, encoding: .utf8)
    let answer = try PodSandbox.healthy().examine("--pod \(file.path) --dns-servers ''").answer
    #expect(answer.findings.first?.check == finding, "\(answer)")
  }

  @Test func aProxyThatHangs() throws {
    let pod = try PodSandbox.healthy(except: [15021])
    try pod.hang(15021, as: PodSandbox.proxy)
    try pod.expectFirst("probe-fails")
  }

  @Test func dnsCaptureWithoutResolver() throws {
    let pod = try PodSandbox.healthy("--redirect-dns --capture-all-dns")
    try pod.expectFirst("dns-capture")
    for isUDP in [false, true] {
      try pod.listen(15053, as: PodSandbox.proxy, at: "127.0.0.1", isUDP: isUDP)
    }
    #expect(try pod.examine().status == 0)
    try pod.command("iptables-nft -t raw -F")
    try pod.expectFirst("dns-capture")
  }

  @Test(arguments: ["-d 10.0.0.0/8 -j ACCEPT", "-p tcp -j RETURN"])
  func aRuleThatShadowsIstios(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -I OUTPUT \(rule)")
    try pod.expectFirst("shadowing-rule")
  }

  @Test func anAppThatRunsAsTheProxy() throws {
    let pod = try PodSandbox.healthy()
    try pod.start("setpriv --reuid 1337 --regid 1337 --clear-groups sleep 60")
    var first: String?
    for _ in 0..<100 where first != "runs-as-proxy" {
      usleep(20_000)
      first = try pod.examine().answer.findings.first?.check
    }
    try pod.expectFirst("runs-as-proxy")
  }

  @Test func aFamilyThatIsNotCaptured() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip address add fd00:1::7/64 dev eth0 nodad")
    try pod.expectFirst("family-not-captured")
  }

  @Test func aProxyThatIsDead() throws {
    try PodSandbox.healthy(except: [15000, 15001, 15004, 15006, 15020, 15021, 15090]).expectFirst(
      "proxy-dead")
    try PodSandbox.healthy(except: [15006]).expectFirst("proxy-dead")
  }

  @Test func connectionsThatAreOlderThanTheRules() throws {
    let pod = try PodSandbox()
    try pod.neighbourListens(5701)
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.app)
    try pod.install()
    for port in [15000, 15001, 15004, 15006, 15020, 15021, 15090] as [UInt16] {
      try pod.listen(port, as: PodSandbox.proxy)
    }
    try pod.expectFirst("made-before-rules")
  }

  @Test func rulesOfTwoForms() throws {
    let pod = try PodSandbox.healthy("--native-nftables")
    let text = try pod.tool("print --profile sidecar -u 1337 --ip-family ipv4 --format restore").output
    try pod.inPod { _ = try run("iptables-nft-restore", "--noflush", input: text) }
    try pod.expectFirst("two-backends")
  }

  @Test(.enabled(if: hasLegacyTables)) func rulesOfTwoBackends() throws {
    let pod = try PodSandbox.healthy()
    let text = try pod.tool("print --profile sidecar -u 1337 --ip-family ipv4 --format restore").output
    try pod.inPod { _ = try run("iptables-legacy-restore", "--noflush", input: text) }
    try pod.expectFirst("two-backends")
  }

  @Test func anAppOnLoopback() throws {
    let pod = try PodSandbox.healthy(except: [8080])
    try pod.listen(8080, as: PodSandbox.app, at: "127.0.0.1")
    try pod.expectFirst("loopback-listener")
  }

  @Test func anAppOnAReservedPort() throws {
    let pod = try PodSandbox.healthy(except: [15020])
    try pod.listen(15020, as: PodSandbox.app)
    try pod.expectFirst("reserved-port")
  }

  @Test func rulesThatNoOptionsExplain() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -A ISTIO_REDIRECT -p tcp -m ttl --ttl-eq 7 -j ACCEPT")
    try pod.expectFirst("rules-differ")
  }
}
