import Intercept
import Netfilter
import Testing

/// What other tools for the same job have got wrong.
@Suite(.enabled(if: canUseKernel))
struct TrapTests {
  private static let tproxy = "-m TPROXY -t 4711 -r 99"

  @Test func anotherRunAddsNoSecondPolicyRule() throws {
    try withNamespace {
      try Program.require(Tool.apply(Self.tproxy))
      let once = try Self.routing()
      for more in [[], ["--reconcile"], ["--force-apply"]] {
        try Program.require(Tool.apply(Self.tproxy) + more)
        #expect(try Self.routing() == once)
      }
    }
  }

  @Test func cleaningLeavesTheNamespaceAsItWasFound() throws {
    try withNamespace {
      let (rules, routing) = (try Self.listing(), try Self.routing())
      // What Istio's program leaves when it is run twice.
      for family in ["-4", "-6"] {
        for _ in 0..<2 { try Program.require("ip", family, "rule", "add", "fwmark", "1337", "lookup", "133") }
        try Program.require("ip", family, "route", "add", "local", "default", "dev", "lo", "table", "133")
      }
      try Program.require(Tool.apply(Self.tproxy + " --redirect-dns --dns-servers 10.96.0.10 --drop-invalid"))
      try Program.require(Tool.clean)
      #expect(try Self.listing() == rules)
      #expect(try Self.routing() == routing)
    }
  }

  @Test func cleaningAddsNothing() throws {
    try withNamespace {
      let (rules, routing) = (try Self.listing(), try Self.routing())
      try Program.require(Tool.apply(Self.tproxy) + ["--cleanup-only"])
      #expect(try Self.listing() == rules)
      #expect(try Self.routing() == routing)
    }
  }

  @Test func aDryRunChangesNothing() throws {
    try withNamespace {
      let (rules, routing) = (try Self.listing(), try Self.routing())
      for more in [
        ["--dry-run"], ["-n", "--reconcile"], ["-n", "--cleanup-only"], ["-n", "--native-nftables"],
      ] {
        _ = try Program.run(Tool.apply(Self.tproxy) + more)
        #expect(try Self.listing() == rules, "\(more)")
        #expect(try Self.routing() == routing, "\(more)")
      }
    }
  }

  @Test func lookingWritesNothing() throws {
    try withNamespace {
      try Program.require(Tool.apply(Self.tproxy))
      var connection = try NFTablesConnection.open()
      let generation = try connection.generation()
      let looks = [
        Tool.apply(Self.tproxy), Tool.reconcile(Self.tproxy), Tool.apply("-o 1 --check --reconcile"),
        Tool.apply("-o 1"), Tool.apply("-o 1 --dry-run"),
        [Tool.path, "diff"] + Tool.apply("-o 1").dropFirst(),
        [Tool.path, "guess"], Tool.apply("--skip-rule-apply"),
      ]
      for look in looks { _ = try Program.run(look) }
      #expect(try connection.generation() == generation)
    }
  }

  @Test func listsOfMoreThanFifteenPortsAreWhole() throws {
    let ports = (1...40).map { String(20_000 + $0) }
    let list = ports.joined(separator: ",")
    for option in ["-d", "-b", "-o", "-q"] {
      try withNamespace {
        try Program.require(Tool.apply("\(option) \(list)"))
        for save in ["iptables-nft-save", "ip6tables-nft-save"] {
          let words = Set(try Program.require(save).split { " ,\n".contains($0) }.map(String.init))
          #expect(words.isSuperset(of: ports), "\(option), \(save)")
        }
      }
    }
  }

  @Test func whereOneFamilyIsRefusedTheOtherStaysOutAndTheNextRunSucceeds() throws {
    try withNamespace {
      try Program.require("nft", "add table ip6 nat; add chain ip6 nat OUTPUT")
      let (rules, routing) = (try Self.listing(), try Self.routing())
      let outcome = try Program.run(Tool.apply(Self.tproxy))
      #expect(outcome.status == 1 && outcome.output.contains("IPv6 nat OUTPUT"), "\(outcome)")
      #expect(try Self.listing() == rules)
      #expect(try Self.routing() == routing)
      try Program.require("nft", "delete table ip6 nat")
      try Program.require(Tool.apply(Self.tproxy))
    }
  }

  @Test func aChangeOfFormModeOrFamilyLeavesNothingOfTheOld() throws {
    try withNamespace {
      let only4 = Array(Tool.reconcile("")).map { $0 == "dual" ? "ipv4" : $0 }
      try Program.require(only4)
      let (wanted, routing) = (try Self.listing(), try Self.routing())
      try Program.require(Tool.reconcile(Self.tproxy + " --redirect-dns --dns-servers 10.96.0.10"))
      let nat = "add table inet istio-proxy-nat; add chain inet istio-proxy-nat output"
      try Program.require("nft", "\(nat) { type nat hook output priority -100; }")
      try Program.require(only4)
      #expect(try Self.listing() == wanted)
      #expect(try Self.routing() == routing)
    }
  }

  @Test func aRuleMovedBehindTheOneThatHidesItIsMissed() throws {
    try withNamespace {
      try Program.require(Tool.apply("-x 10.0.0.0/8"))
      let excluded = ["-d", "10.0.0.0/8", "-j", "RETURN"]
      for command in ["-D", "-A"] {
        try Program.require(["iptables-nft", "-t", "nat", command, "ISTIO_OUTPUT"] + excluded)
      }
      let diff = try Program.run([Tool.path, "diff"] + Tool.apply("-x 10.0.0.0/8").dropFirst())
      #expect(diff.status == 1 && diff.output.contains("10.0.0.0/8"), "\(diff)")
      #expect(try Program.run(Tool.apply("-x 10.0.0.0/8")).status == 1)
      try Program.require(Tool.reconcile("-x 10.0.0.0/8"))
      #expect(try Program.run(Tool.apply("-x 10.0.0.0/8")).output.hasPrefix("nothing to do"))
    }
  }

  /// All that nf_tables holds, in sorted lines: the order in which chains were made does not count.
  private static func listing() throws -> [Substring] {
    try Program.require("sh", "-c", "nft list ruleset 2>/dev/null").split(separator: "\n").sorted()
  }

  private static func routing() throws -> [Substring] {
    let shows = ["rule", "route show table all", "address"]
    let commands = shows.flatMap { ["ip -4 \($0)", "ip -6 \($0)"] }.joined(separator: "; ")
    // An address is tentative for a moment, and its route comes when it no longer is.
    return try Program.require("sh", "-c", commands).replacing(" tentative", with: "").split(separator: "\n")
      .filter { !$0.hasPrefix("local ::6") }
  }
}
