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
}
