import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// Pods with connections past the proxy, in real namespaces: `doctor` names the cause first.
@Suite(.enabled(if: canUseKernel))
struct BypassTests {
  @Test(arguments: ["OUTPUT -p tcp", "PREROUTING -p tcp --dport 8080"])
  func connectionsThatAreNotTracked(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t raw -A \(rule) -j CT --notrack")
    try pod.expectFirst("not-tracked")
  }

  @Test func aPortThatIsReachedPastTheProxy() throws {
    try PodSandbox.healthy("-d 15090,15021,15020,8080").expectFirst("inbound-bypass")
  }

  @Test func outboundConnectionsThatAreNotCaptured() throws {
    try PodSandbox.healthy("-i ''").expectFirst("outbound-bypass")
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -D ISTIO_OUTPUT -j ISTIO_REDIRECT")
    #expect(try pod.examine().answer.findings.contains { $0.check == "outbound-bypass" })
  }

  @Test(arguments: ["-D PREROUTING 1", "-F ISTIO_IN_REDIRECT"])
  func aCapturedPortThatDamagedRulesLetPass(_ damage: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat \(damage)")
    let findings = try pod.examine().answer.findings
    #expect(findings.contains { $0.check == "inbound-bypass" }, "\(findings)")
    #expect(findings.allSatisfy { !$0.remedy.contains("excludeInboundPorts") }, "\(findings)")
  }

  @Test func aFamilyThatIsNotCaptured() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip address add fd00:1::7/64 dev eth0 nodad")
    try pod.expectFirst("family-not-captured")
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

  @Test(arguments: [
    ("--reuid 1337 --regid 1000", "runAsUser", 1337), ("--reuid 0 --regid 1337", "runAsGroup", 1337),
  ])
  func theRemedyNamesTheIdThatIsTheProxys(_ ids: String, _ field: String, _ id: Int) throws {
    let pod = try PodSandbox.healthy()
    try pod.start("setpriv \(ids) --clear-groups sleep 60")
    var remedy: String?
    for _ in 0..<100 where remedy == nil {
      usleep(20_000)
      remedy = try pod.examine().answer.findings.first { $0.check == "runs-as-proxy" }?.remedy
    }
    #expect(remedy?.contains(field) == true && remedy?.contains("\(id) is") == true, "\(remedy ?? "")")
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

  /// An address of lo, as of a load balancer that delivers by routing, is no sign of a connection over lo.
  @Test(arguments: ["10.50.0.5/32", "10.50.0.5/24"]) func aVirtualAddressOnLoopback(_ address: String) throws
  {
    let pod = try PodSandbox.healthy()
    try pod.command("ip address add \(address) dev lo")
    #expect(try pod.examine().answer.findings.isEmpty)
    let trace = try pod.tool("trace --live --quiet inbound --to 10.50.0.5:8080")
    #expect(trace.output.hasPrefix("redirect"), "\(trace)")
    try pod.command("ip route add 10.50.0.5 via 10.244.1.7", inNeighbour: true)
    try pod.neighbourConnects(to: "10.50.0.5", 8080)
    #expect(try pod.command("conntrack -L -p tcp --orig-dst 10.50.0.5").contains("sport=15006"))
  }

  @Test func anInterfaceThatIsExcluded() throws {
    let pod = try PodSandbox.healthy("-c eth0")
    try pod.expectFirst("captures-nothing")
    #expect(try pod.examine().answer.findings.first?.remedy.contains("excludeInterfaces") == true)
    // Of two interfaces, one may be excluded.
    try pod.command("ip link add eth1 type veth peer eth1b")
    try pod.command("ip address add 10.9.0.1/24 dev eth1")
    let findings = try pod.examine().answer.findings
    #expect(findings.map(\.check) == ["inbound-bypass"])
    #expect(findings.allSatisfy { $0.remedy.contains("excludeInterfaces") })
  }
}
