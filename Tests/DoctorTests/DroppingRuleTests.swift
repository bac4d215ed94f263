import KernelTestSupport
import TestSupport
import Testing

/// Pods with rules of other programs that drop, reject or divert packets, in real namespaces: `doctor` names the rule first.
@Suite(.enabled(if: canUseKernel))
struct DroppingRuleTests {
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

  /// Rules that no connection of the pod has met yet, though made-up peers of typical connections would.
  @Test(arguments: [
    "OUTPUT -d 203.0.113.0/24 -j DROP", "INPUT -s 198.51.100.0/24 -j DROP",
    "OUTPUT -d 10.244.1.1 -p tcp --dport 5701 -j REJECT",
  ])
  func aRuleThatHasDroppedNothingIsAWarning(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -A \(rule)")
    try pod.expectFirst("rule-drops")
    #expect(try pod.examine().answer.findings.map(\.severity) == ["warning"])
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

  @Test func aForeignPolicyThatDropsIsOneFinding() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table inet firewall")
    try pod.command("nft 'add chain inet firewall out { type filter hook output priority 0; policy drop; }'")
    let checks = try pod.examine().answer.findings.map(\.check)
    #expect(checks.first == "foreign-table" && checks.count { $0 == "foreign-table" } == 1)
    #expect(!checks.contains("rule-drops"))
  }

  @Test(.enabled(if: hasLegacyTables), arguments: ["INPUT", "OUTPUT"])
  func aPolicyOfTheOtherBackendThatDrops(_ chain: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-legacy -A \(chain) -i lo -j ACCEPT".replacing("OUTPUT -i", with: "OUTPUT -o"))
    #expect(try pod.examine().status == 0)
    try pod.command("iptables-legacy -P \(chain) DROP")
    try pod.expectFirst("rule-drops")
  }

  @Test func aChainThatIsNotFollowedIsNamed() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("nft add table netdev firewall")
    try pod.command(
      "nft 'add chain netdev firewall in { type filter hook ingress device eth0 priority 0; policy accept; }'"
    )
    try pod.command("nft add rule netdev firewall in tcp dport 8080 drop")
    let answer = try pod.examine().answer
    #expect(answer.unseen.contains { $0.contains("netdev firewall") }, "\(answer)")
  }

  @Test(arguments: ["-d 10.0.0.0/8 -j ACCEPT", "-p tcp -j RETURN"])
  func aRuleThatShadowsIstios(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -I OUTPUT \(rule)")
    try pod.expectFirst("shadowing-rule")
  }

  @Test(arguments: [
    "OUTPUT -p udp -m udp --dport 123 -j REDIRECT --to-ports 9123", "OUTPUT -p tcp ! --syn -j RETURN",
    "PREROUTING -m addrtype --src-type LOCAL -j ACCEPT", "PREROUTING -p tcp --dport 15008 -j ACCEPT",
  ])
  func aRuleThatMatchesNoCapturedPacketIsNoFinding(_ rule: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -I \(rule)")
    #expect(try pod.examine().answer.findings.map(\.check) == [])
    #expect(try pod.tool("diff").status == 0)
  }

  @Test func aRuleAboutAnAddressIsAnErrorOnceAPacketWasSeen() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("iptables-nft -t nat -I OUTPUT -d 10.244.1.1 -p tcp -j ACCEPT")
    #expect(try pod.examine().answer.findings.map(\.severity) == ["warning"])
    try pod.neighbourListens(5701)
    try pod.connect(to: "10.244.1.1", 5701, as: PodSandbox.app)
    #expect(
      try pod.examine().answer.findings.contains { $0.check == "shadowing-rule" && $0.severity == "error" })
  }

  /// Rules whose effect alone shows that they drop connections: doctor's own to the readiness port.
  @Test(arguments: [
    ("iptables-nft -A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP", "rule-drops"),
    ("iptables-nft -A INPUT -m conntrack --ctstate NEW -m limit --limit 1/hour -j DROP", "rule-drops"),
    ("iptables-nft -A INPUT -m conntrack --ctstate ESTABLISHED -j DROP", "rule-drops"),
    (
      "nft add table ip f; add chain ip f i { type filter hook input priority 0; }; "
        + "add rule ip f i tcp flags & (syn | ack) == syn | ack counter drop", "foreign-table"
    ),
  ])
  func aRuleThatDropsTheReadinessProbe(_ rule: String, _ check: String) throws {
    let pod = try PodSandbox.healthy()
    try pod.command(rule)
    let first = try #require(try pod.examine().answer.findings.first)
    #expect(first.check == check && first.severity == "error", "\(first)")
    if check == "rule-drops" {
      #expect(first.why.first?.contains("its counter rose") == true, "\(first)")
    }
  }

  @Test func aRuleThatDropsInAPodWithoutAnAddress() throws {
    let pod = try PodSandbox.healthy(except: [8080])
    try pod.command("ip address flush dev eth0")
    #expect(try pod.examine().status == 0)
    try pod.command("iptables-nft -A INPUT -p tcp --dport 15006 -j DROP")
    try pod.expectFirst("rule-drops")
    #expect(try pod.examine().answer.findings.first?.severity == "error")
  }

  @Test func aRuleThatDropsOnTheSecondInterface() throws {
    let pod = try PodSandbox.healthy()
    try pod.command("ip link add net1 type veth peer net1b")
    try pod.command("ip address add 192.168.5.7/24 dev net1")
    #expect(try pod.examine().status == 0)
    try pod.command("iptables-nft -A INPUT -i net1 -p tcp --dport 15006 -j DROP")
    try pod.expectFirst("rule-drops")
  }

  @Test func aRuleThatRejectsIsPrintedAsIptablesSaveDoes() throws {
    let pod = try PodSandbox.healthy()
    for (number, answer) in ["icmp-host-prohibited", "tcp-reset"].enumerated() {
      let address = "10.244.1.\(number + 1)"
      try pod.command("iptables-nft -A OUTPUT -d \(address) -p tcp -j REJECT --reject-with \(answer)")
      let trace = try pod.tool("trace --live --brief outbound --to \(address):5701 --uid 1337")
      #expect(trace.output.contains("rejected by") && trace.output.contains(answer), "\(trace)")
    }
    #expect(try pod.command("iptables-nft-save -t filter").contains("--reject-with icmp-host-prohibited"))
  }
}
