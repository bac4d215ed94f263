import KernelTestSupport
import TestSupport
import Testing

/// Pods without a fault, or without rules, in real namespaces.
@Suite(.enabled(if: canUseKernel))
struct HealthyPodTests {
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

  /// The kernel keeps a closed connection for a while, without its user.
  @Test func theDoctorsOwnConnectionIsNoFinding() throws {
    let pod = try PodSandbox.healthy()
    try pod.neighbourListens(5701)
    #expect(try pod.tool("doctor --to 10.244.1.1:5701").status == 0)
    #expect(try pod.command("ss -tnH state fin-wait-1 state fin-wait-2").contains("10.244.1.1:5701"))
    let (status, answer) = try pod.examine()
    #expect(status == 0 && answer.findings.isEmpty, "\(answer)")
  }

  @Test func aNamespaceWithoutRules() throws { try PodSandbox().expectFirst("no-rules") }

  @Test func aNamespaceThatCannotBeEnteredIsAnError() throws {
    let outcome = try PodSandbox().tool("doctor --network-namespace /nowhere")
    #expect(outcome.status == 2 && outcome.output.isEmpty && !outcome.errors.isEmpty)
  }

  @Test(arguments: ["INPUT -m conntrack --ctstate INVALID -j DROP", "INPUT -p icmp -j DROP"])
  func aRuleThatDropsNoConnectionIsNoFinding(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -A \(rule)")
    #expect(try pod.examine().answer.findings.isEmpty)
  }

  @Test func aForeignChainThatOnlyCountsIsFine() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table inet metrics")
    try pod.command("nft 'add chain inet metrics out { type filter hook output priority 0; }'")
    try pod.command("nft add rule inet metrics out counter")
    #expect(try pod.examine().status == 0)
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
}
