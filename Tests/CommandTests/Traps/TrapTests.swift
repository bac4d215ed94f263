import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Known defects of other tools for the same task, in each form.
@Suite(.enabled(if: canUseKernel))
struct TrapTests {
  private static let native = "--native-nftables"
  private static let forms = ["", native]
  private static let tproxy = "-m TPROXY -t 4711 -r 99"

  @Test(arguments: forms)
  func anotherRunAddsNoSecondPolicyRule(_ form: String) throws {
    try withNamespace {
      let run = Tool.apply("\(form) \(Self.tproxy)")
      try Program.require(run)
      let once = try Snapshot.routing()
      for more in [[], ["--reconcile"], ["--force-apply"]] {
        try Program.require(run + more)
        #expect(try Snapshot.routing() == once)
      }
    }
  }

  @Test(arguments: forms)
  func cleaningLeavesTheNamespaceAsItWasFound(_ form: String) throws {
    try withNamespace {
      let (rules, routing) = (try Snapshot.listing(), try Snapshot.routing())
      // The routing that two runs of Istio's program leave.
      for family in ["-4", "-6"] {
        for _ in 0..<2 { try Program.require("ip", family, "rule", "add", "fwmark", "1337", "lookup", "133") }
        try Program.require("ip", family, "route", "add", "local", "default", "dev", "lo", "table", "133")
      }
      let dns = "--redirect-dns --dns-servers 10.96.0.10"
      try Program.require(Tool.apply("\(form) \(Self.tproxy) \(dns) --drop-invalid"))
      try Program.require(Tool.clean)
      #expect(try Snapshot.listing() == rules)
      #expect(try Snapshot.routing() == routing)
    }
  }

  @Test(arguments: forms)
  func cleaningAddsNothing(_ form: String) throws {
    try withNamespace {
      let (rules, routing) = (try Snapshot.listing(), try Snapshot.routing())
      try Program.require(Tool.apply("\(form) \(Self.tproxy) --cleanup-only"))
      #expect(try Snapshot.listing() == rules)
      #expect(try Snapshot.routing() == routing)
    }
  }

  @Test func aDryRunChangesNothing() throws {
    try withNamespace {
      let (rules, routing) = (try Snapshot.listing(), try Snapshot.routing())
      for more in [
        ["--dry-run"], ["-n", "--reconcile"], ["-n", "--cleanup-only"], ["-n", "--native-nftables"],
        ["--cleanup-only", "--check"],
      ] {
        _ = try Program.run(Tool.apply(Self.tproxy) + more)
        #expect(try Snapshot.listing() == rules, "\(more)")
        #expect(try Snapshot.routing() == routing, "\(more)")
      }
    }
  }

  @Test(arguments: forms)
  func lookingWritesNothing(_ form: String) throws {
    let (same, other) = ("\(form) \(Self.tproxy)", "\(form) -o 1")
    try withNamespace {
      try Program.require(Tool.apply(same))
      var connection = try NFTablesConnection.open()
      let generation = try connection.generation()
      let looks = [
        Tool.apply(same), Tool.reconcile(same), Tool.apply("\(other) --check --reconcile"), Tool.apply(other),
        Tool.apply("\(other) --dry-run"), Tool.print("\(other) --plan --reconcile"), Tool.diff(other),
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
          #expect(try Self.words(save).isSuperset(of: ports), "\(option), \(save)")
        }
        try Program.require(Tool.reconcile("\(Self.native) \(option) \(list)"))
        #expect(try Self.words("nft", "list", "ruleset").contains("\(ports[0])-\(ports[39])"), "\(option)")
      }
    }
  }

  private static func words(_ command: String...) throws -> Set<String> {
    Set(try Program.require(command).split { " ,\n".contains($0) }.map(String.init))
  }
}
