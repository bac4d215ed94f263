import Glibc
import KernelTestSupport
import TestSupport
import Testing

/// Sets of rules that are not whole, and how none comes about: what other tools for the same job have got wrong.
@Suite(.enabled(if: canUseKernel))
struct WholenessTests {
  private static let native = "--native-nftables"
  private static let tproxy = "-m TPROXY -t 4711 -r 99"

  @Test func whereOneFamilyIsRefusedTheOtherStaysOutAndTheNextRunSucceeds() throws {
    try withNamespace {
      try Program.require("nft", "add table ip6 nat; add chain ip6 nat OUTPUT")
      let (rules, routing) = (try Snapshot.listing(), try Snapshot.routing())
      let outcome = try Program.run(Tool.apply(Self.tproxy))
      #expect(outcome.status == 1 && outcome.output.contains("IPv6 nat OUTPUT"), "\(outcome)")
      #expect(try Snapshot.listing() == rules)
      #expect(try Snapshot.routing() == routing)
      try Program.require("nft", "delete table ip6 nat")
      try Program.require(Tool.apply(Self.tproxy))
    }
  }

  @Test func aChangeOfFormModeOrFamilyLeavesNothingOfTheOld() throws {
    try withNamespace {
      let only4 = Array(Tool.reconcile("")).map { $0 == "dual" ? "ipv4" : $0 }
      try Program.require(only4)
      let (wanted, routing) = (try Snapshot.listing(), try Snapshot.routing())
      try Program.require(Tool.reconcile(Self.tproxy + " --redirect-dns --dns-servers 10.96.0.10"))
      let nat = "add table inet istio-proxy-nat; add chain inet istio-proxy-nat output"
      try Program.require("nft", "\(nat) { type nat hook output priority -100; }")
      try Program.require(only4)
      #expect(try Snapshot.listing() == wanted)
      #expect(try Snapshot.routing() == routing)
    }
  }

  /// A table that another process owns is no one's to delete.
  @Test func whereOneTableIsRefusedTheOthersStayOutToo() throws {
    try withNamespace {
      let nft = "(echo 'add table inet istio-proxy-raw { flags owner; }'; sleep 60) | nft -i"
      let owner = try Program(["sh", "-c", nft])
      defer { owner.kill() }
      for _ in 0..<1000 where try Snapshot.listing().isEmpty { usleep(10_000) }
      let (rules, routing) = (try Snapshot.listing(), try Snapshot.routing())
      #expect(!rules.isEmpty)
      for run in [Tool.reconcile("\(Self.native) \(Self.tproxy)"), Tool.reconcile(Self.tproxy), Tool.clean] {
        let outcome = try Program.run(run)
        #expect(outcome.status == 1 && outcome.output.contains("inet istio-proxy-raw"), "\(outcome)")
        #expect(try Snapshot.listing() == rules)
        #expect(try Snapshot.routing() == routing)
      }
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

  @Test func aRuleOfTheNativeFormMovedBehindTheOneThatHidesItIsMissed() throws {
    let options = "\(Self.native) -x 10.0.0.0/8"
    try withNamespace {
      try Program.require(Tool.apply(options))
      let table = try Program.require("nft", "-s", "list", "table", "inet", "istio-proxy-nat")
      var lines = table.split(separator: "\n")
      let place = try #require(lines.firstIndex { $0.contains("10.0.0.0/8") })
      let rule = lines.remove(at: place)
      let end = try #require(lines[place...].firstIndex(of: "\t}"))
      lines.insert(rule, at: end)
      let text = "delete table inet istio-proxy-nat\n" + lines.joined(separator: "\n")
      try Program.require("sh", "-c", "echo \"$0\" | nft -f -", text)
      let diff = try Program.run(Tool.diff(options))
      #expect(diff.status == 1 && diff.output.contains("10.0.0.0/8"), "\(diff)")
      #expect(try Program.run(Tool.apply(options)).status == 1)
      try Program.require(Tool.reconcile(options))
      #expect(try Program.run(Tool.apply(options)).output.hasPrefix("nothing to do"))
    }
  }
}
