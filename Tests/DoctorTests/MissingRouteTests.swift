import KernelTestSupport
import Testing

/// Connections that have no route, by the users of policy rules.
@Suite(.enabled(if: canUseKernel))
struct MissingRouteTests {
  @Test(arguments: [(1337, "the proxy"), (1000, "the app")])
  func aUserWithoutARoute(_ user: Int, _ sender: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip rule add uidrange \(user)-\(user) unreachable pref 100")
    try pod.expectFirst("no-route")
    let finding = try #require(try pod.examine().answer.findings.first)
    #expect(finding.what.hasPrefix("connections of \(sender) to other hosts"))
    #expect(finding.why.contains { $0.contains("uid \(user) ") })
  }

  @Test func aPodWithoutADefaultRouteReachesItsNetwork() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip route del default")
    let findings = try pod.examine().answer.findings
    #expect(findings.map(\.check) == ["no-route"])
    #expect(findings.map(\.severity) == ["warning"])
    #expect(findings.allSatisfy { $0.what.contains("10.244.1.0/24") })
  }

  @Test func anInterfaceThatIsDown() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip link set eth0 down")
    try pod.expectFirst("no-route")
    #expect(try pod.examine().answer.findings.first?.severity == "error")
  }

  @Test func aDestinationThatIsAsked() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip route add prohibit 10.9.9.9")
    try pod.expectFirst("no-route", "--to 10.9.9.9:80")
  }

  @Test func anOwnAddressThatIsAsked() throws {
    let pod = try PodSandbox.healthy()
    let findings = try pod.examine("--to 10.244.1.7:8080").answer.findings
    #expect(!findings.contains { $0.check == "inbound-bypass" })
  }
}
