import KernelTestSupport
import TestSupport
import Testing

/// Pods with the wrong rules of Istio, or with two sets of them, in real namespaces.
@Suite(.enabled(if: canUseKernel))
struct RuleSetTests {
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

  @Test func rulesThatNoOptionsExplain() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -A ISTIO_REDIRECT -p tcp -m ttl --ttl-eq 7 -j ACCEPT")
    try pod.expectFirst("rules-differ")
  }

  @Test(arguments: [
    ("", "ip nat"), ("--native-nftables", "inet istio-proxy-nat"),
  ])
  func rulesOfADormantTable(_ options: String, _ table: String) throws {
    let pod = try PodSandbox.healthy(options)
    try pod.command("nft 'add table \(table) { flags dormant; }'")
    try pod.neighbourListens(5701)
    try pod.expectFirst("dormant-table")
    let (_, answer) = try pod.examine("--to 10.244.1.1:5701")
    #expect(answer.findings.first?.what.contains("table \(table) is dormant") == true, "\(answer)")
    // The remedy works.
    try pod.command("nft add table \(table)")
    #expect(try pod.tool("doctor").status == 0)
  }
}
