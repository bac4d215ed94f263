import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Tables, chains and rules of other programs that stand between an installation and its effect.
@Suite(.enabled(if: canUseKernel))
struct ForeignTableTests {
  private static let ipv4 = sidecar { $0.includesIPv6 = false }

  @Test(arguments: [
    "table ip nat { chain ISTIO_OUTPUT { type nat hook output priority -90; }; }",
    "table ip nat { chain OUTPUT { type filter hook output priority 0; }; }",
    "table ip nat { chain OUTPUT { }; }",
    "table ip nat { flags dormant; chain mine { }; }",
  ])
  func anObstacleIsRefusedBeforeAnythingIsWritten(_ table: String) throws {
    try withNamespace {
      try run("nft", "-f", "-", input: table)
      let before = try namespaceState()
      let error = #expect(throws: InstallationError.self) { try installation(Self.ipv4).apply() }
      guard case .nfTables(.plan(.blocked)) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(try namespaceState() == before)
    }
  }

  @Test func aChainOfAnotherHookIsNamedWithItsHook() throws {
    try withNamespace {
      try run("nft", "add table ip nat; add chain ip nat OUTPUT { type filter hook output priority 0; }")
      let error = #expect(throws: InstallationError.self) { try installation(Self.ipv4).apply() }
      #expect(error.map { "\($0)" }?.contains("another kind (type filter hook output)") == true)
    }
  }

  @Test func theRemovalOfChainsWithoutRulesIsNamed() throws {
    try withNamespace {
      try run("nft", "add table ip nat; add chain ip nat ISTIO_OUTPUT")
      let report = try installation(Self.ipv4).clean()
      #expect("\(report)".hasPrefix("removed empty chains in 1 table (IPv4)"), "\(report)")
    }
  }

  /// Rules of other programs that look like some of Istio's, without further evidence.
  private static let lookalikes = [
    "-t mangle -A PREROUTING -m conntrack --ctstate INVALID -j DROP",
    "-t nat -A OUTPUT -p udp --dport 53 -m owner --uid-owner 1337 -j RETURN",
    "-t raw -A OUTPUT -p udp --dport 53 -m owner --uid-owner 1337 -j CT --zone 1",
  ]

  @Test(arguments: lookalikes, [false, true])
  func aForeignRuleThatLooksLikeOneOfIstioStays(_ rule: String, _ reconciles: Bool) throws {
    try withNamespace {
      try run(["iptables-nft"] + rule.split(separator: " ").map(String.init))
      let before = try run("iptables-nft-save")
      let installation = installation(Self.ipv4, reconciles: reconciles)
      _ = try installation.check()
      _ = try installation.apply()
      #expect(try installation.differences().isEmpty)
      #expect(try installation.plan().isNothing)
      _ = try installation.clean()
      let rules = { (text: String) in text.split(separator: "\n").filter { $0.hasPrefix("-A") } }
      #expect(try rules(run("iptables-nft-save")) == rules(before))
    }
  }

  @Test(arguments: [false, true])
  func aRuleThatWouldLookLikeOneOfIstioIsNamedBeforeAnythingIsWritten(_ reconciles: Bool) throws {
    try withNamespace {
      try run("iptables-nft", "-t", "nat", "-A", "PREROUTING", "-i", "eth5", "-j", "RETURN")
      let before = try namespaceState()
      let installation = installation(Self.ipv4, reconciles: reconciles)
      let error = #expect(throws: InstallationError.self) { try installation.apply() }
      #expect(error.map { "\($0)" }?.contains("-i eth5 -j RETURN of PREROUTING (nat)") == true)
      #expect(throws: InstallationError.self) { try installation.check() }
      #expect(try namespaceState() == before)
    }
  }

  @Test func aTableOfAnotherProcessIsNamed() throws {
    try withNamespace {
      let script = "{ echo 'add table ip nat { flags owner; }'; sleep 50; } | nft -i"
      let owner = try Program(["sh", "-c", script])
      defer { owner.kill() }
      try run("sh", "-c", "until nft list ruleset | grep -q owner; do sleep 0.01; done")
      let error = #expect(throws: InstallationError.self) { try installation(Self.ipv4).apply() }
      guard case .nfTables(.plan(.blocked(.owned))) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func aDormantTableIsADifferenceThatReconcileEnds() throws {
    try withNamespace {
      _ = try installation(Self.ipv4).apply()
      try run("nft", "add table ip nat { flags dormant; }")
      #expect(try installation(Self.ipv4).differences().dormant == ["ip nat"])
      _ = try installation(Self.ipv4, reconciles: true).apply()
      #expect(try installation(Self.ipv4).differences().isEmpty)
      #expect(try !run("nft", "list", "ruleset").contains("dormant"))
    }
  }

  @Test func reconcileInstallsTheRulesInADormantTable() throws {
    try withNamespace {
      try run("nft", "add table ip nat { flags dormant; }")
      _ = try installation(Self.ipv4, reconciles: true).apply()
      #expect(try installation(Self.ipv4).differences().isEmpty)
      #expect(try !run("nft", "list", "ruleset").contains("dormant"))
    }
  }

  @Test func aChainThatAVerdictMapHoldsIsNamedAndTheRestIsRemoved() throws {
    try withNamespace {
      _ = try installation(Self.ipv4).apply()
      try run("nft", "add map ip nat services { type inet_service : verdict; }")
      try run("nft", "add element ip nat services { 80 : jump ISTIO_OUTPUT }")
      let error = #expect(throws: InstallationError.self) { try installation(Self.ipv4).clean() }
      guard case .held(let chains) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(chains.map(\.place.chain) == ["ISTIO_OUTPUT"])
      #expect(chains.flatMap(\.holders) == ["verdict map services"])
      let rest = try run("nft", "list", "ruleset")
      #expect(!rest.contains("ISTIO_IN") && !rest.contains("hook output"))
      try run("nft", "delete map ip nat services")
      _ = try installation(Self.ipv4).clean()
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  /// DNS rules that an upgrade left, without any chain of Istio's.
  private static let leftovers = [
    "-p udp --dport 53 -m owner --uid-owner 1337 -j RETURN",
    "-p udp --dport 53 -m owner --gid-owner 1337 -j RETURN",
    "-d 127.0.0.53/32 -p udp --dport 53 -j REDIRECT --to-ports 15053",
  ]

  @Test func leftoverDNSRulesAreRemoved() throws {
    try withNamespace {
      try addLeftovers()
      _ = try installation(Self.ipv4).clean()
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  @Test func leftoverDNSRulesAreReplaced() throws {
    let other = sidecar {
      $0.includesIPv6 = false
      $0.proxyUsers = [998].compactMap { UserID(rawValue: $0) }
    }
    try withNamespace {
      try addLeftovers()
      #expect(throws: InstallationError.self) { try installation(other).apply() }
      _ = try installation(other, reconciles: true).apply()
      #expect(try installation(other).differences().isEmpty)
      #expect(try !run("nft", "list", "ruleset").contains("15053"))
    }
  }

  private func addLeftovers() throws {
    for rule in Self.leftovers {
      try run(["iptables-nft", "-t", "nat", "-A", "OUTPUT"] + rule.split(separator: " ").map(String.init))
    }
  }

  @Test func tablesThatComeAndGoDoNotDisturbAReading() throws {
    try withNamespace {
      let flush =
        "while :; do nft add table inet istio-proxy-x '{ set s { type inet_service; }; }'; nft flush ruleset; done"
      let loop = try Program(["sh", "-c", flush])
      defer { loop.kill() }
      for _ in 0..<100 { _ = try InterceptionRules().live() }
    }
  }
}
