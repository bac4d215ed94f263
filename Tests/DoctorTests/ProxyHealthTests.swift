import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// Pods with a proxy, an app or an upstream that does not answer, in real namespaces: `doctor` names the cause first.
@Suite(.enabled(if: canUseKernel))
struct ProxyHealthTests {
  @Test func aProxyThatIsDead() throws {
    try PodSandbox.healthy(except: [15000, 15001, 15004, 15006, 15020, 15021, 15090]).expectFirst(
      "proxy-dead")
    try PodSandbox.healthy(except: [15006]).expectFirst("proxy-dead")
  }

  @Test func aProxyThatHangs() throws {
    let pod = try PodSandbox.healthy(except: [15021])
    try pod.hang(15021, as: PodSandbox.proxy)
    try pod.expectFirst("probe-fails")
  }

  @Test func aLoopbackInterfaceThatIsDown() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip link set lo down")
    try pod.expectFirst("no-route")
    #expect(try pod.examine().answer.findings.allSatisfy { !$0.what.contains("hangs") })
  }

  @Test func aLoopbackInterfaceWithoutItsAddress() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip address del 127.0.0.1/8 dev lo")
    try pod.expectFirst("no-route")
    let findings = try pod.examine().answer.findings
    #expect(findings.first?.what.contains("lo has no address 127.0.0.1") == true, "\(findings)")
    #expect(findings.first?.remedy.contains("address add 127.0.0.1/8 dev lo") == true)
    #expect(findings.first?.why.allSatisfy { !$0.contains("same failure") } == true)
  }

  /// The rules send connections to a port or address at which the proxy does not listen.
  @Test(arguments: [
    (15001 as UInt16, "10.244.1.7", "proxy-dead"), (15006, "127.0.0.1", "proxy-dead"),
    (15020, "127.0.0.1", "probe-fails"), (15090, "127.0.0.1", "probe-fails"),
  ])
  func aListenerAtAnotherAddress(_ port: UInt16, _ address: String, _ check: String) throws {
    let pod = try PodSandbox.healthy(except: [port])
    try pod.listen(port, as: PodSandbox.proxy, at: address)
    try pod.expectFirst(check)
    #expect(try pod.tool("ports").status == 1)
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

  /// The app's connection is redirected; the proxy's own to the same destination meets the rule.
  @Test(arguments: [
    ("iptables-nft -A OUTPUT -d 10.244.1.1 -p tcp --dport 5701 -j DROP", "rule-drops"),
    (
      "nft add table ip f; add chain ip f o { type filter hook output priority 0; }; "
        + "add rule ip f o ip daddr 10.244.1.1 tcp dport 5701 reject", "foreign-table"
    ),
  ])
  func aDestinationThatARuleDropsForTheProxy(_ rule: String, _ check: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.neighbourListens(5701)
    try pod.command(rule)
    try pod.expectFirst(check, "--to 10.244.1.1:5701")
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

  @Test(arguments: ["", "--native-nftables"]) func portsOfRulesWithOtherPorts(_ form: String) throws {
    let pod = try PodSandbox()
    try pod.install("-p 16001 -z 16006 \(form)")
    for command in ["ports", "tcpdump"] {
      let answer = try pod.tool(command).output
      #expect(answer.contains("16001") && !answer.contains("15001"), "\(answer)")
    }
  }
}
