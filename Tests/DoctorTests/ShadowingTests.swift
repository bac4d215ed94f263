import KernelTestSupport
import TestSupport
import Testing

/// Rules that exempt connections from tracking: `diff`, `apply` and `trace` name them.
@Suite(.enabled(if: canUseKernel))
struct ShadowingTests {
  private static let nft =
    "nft add table inet f; add chain inet f c { type filter hook output priority raw; }; add rule inet f c"

  @Test(arguments: [
    "iptables-nft -t raw -A OUTPUT -p tcp -j CT --notrack",
    "iptables-nft -t raw -A OUTPUT -d 10.244.1.0/24 -j NOTRACK",
    "iptables-nft -t raw -A OUTPUT -p tcp -m multiport --dports 5701,5702 -j CT --notrack",
    "iptables-nft -t raw -A OUTPUT -m owner --uid-owner 1000 -j CT --notrack",
    "iptables-legacy -t raw -A OUTPUT -p tcp -j NOTRACK", nft + " tcp dport 5701 notrack",
    nft + " meta skuid 1000 notrack",
  ])
  func outboundConnectionsThatAreNotTracked(_ rule: String) throws {
    if rule.contains("legacy"), !hasLegacyTables { return }
    // Matches of x_tables in other tables than Istio's are not followed: the verdict is unknown.
    let isFollowed = !rule.contains("multiport") && !rule.contains("owner")
    for form in isFollowed ? ["", "--native-nftables"] : [""] {
      let pod = try PodSandbox.healthy(form)
      #expect(try pod.tool("diff").status == 0)
      try pod.command(rule)
      // The real connection reaches the neighbour, past the proxy.
      try pod.neighbourListens(5701)
      try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.app)
      let peers = try pod.command("ss -Htn state established", inNeighbour: true)
      #expect(peers.contains("10.244.1.7"), "\(rule)")
      try expectNamed(pod, "outbound --to 10.244.1.1:5701 --uid 1000", form)
    }
  }

  @Test(arguments: [
    "iptables-nft -t raw -A PREROUTING -p tcp --dport 8080 -j CT --notrack",
    "iptables-nft -t raw -A PREROUTING -s 10.244.1.1 -p tcp -j CT --notrack",
    nft.replacing("output", with: "prerouting") + " ip saddr 10.244.1.1 tcp dport 8080 notrack",
  ])
  func inboundConnectionsThatAreNotTracked(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command(rule)
    try expectNamed(pod, "inbound --to 10.244.1.7:8080 --from 10.244.1.1", "")
  }

  /// Expects that the rule is a difference, a warning of `apply`, and the decision of a trace.
  private func expectNamed(_ pod: PodSandbox, _ flow: String, _ form: String) throws {
    let diff = try pod.tool("diff")
    #expect(diff.status == 1 && diff.output.contains("not captured instead of redirected"), "\(diff)")
    let options = "--profile sidecar -u 1337 --ip-family ipv4 --dns-servers '' \(form)"
    for mode in ["", "--reconcile"] {
      let applied = try pod.tool("\(options) \(mode)")
      #expect(applied.status == 0 && applied.errors.contains("shadowed by"), "\(applied)")
    }
    let trace = try pod.tool("trace --live \(flow)")
    #expect(trace.output.contains("NOT CAPTURED") && trace.output.contains("because of"), "\(trace)")
  }

  @Test func aRedirectionOfTheAddressesOfANamedSet() throws {
    let pod = try PodSandbox.healthy()
    try pod.command(
      "nft 'add table ip f; add set ip f s { type ipv4_addr; flags interval; elements = { 10.1.0.0/16 }; }'")
    try pod.command("nft 'add chain ip f o { type nat hook output priority -110; }'")
    try pod.command("nft add rule ip f o ip daddr @s tcp dport 80 redirect to :15020")
    let diff = try pod.tool("diff")
    #expect(diff.status == 1 && diff.output.contains("15020"), "\(diff)")
  }

  @Test func aRuleAboutTheProxysOwnTrafficIsNoDifference() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t raw -A OUTPUT -m owner --uid-owner 1337 -j CT --notrack")
    #expect(try pod.tool("diff").status == 0)
  }
}
