import TestSupport
import KernelTestSupport
import Testing

/// `clean --dry-run` and its other spellings: a list of what clean removes, and no change.
@Suite(.enabled(if: canUseKernel))
struct RemovalPlanTests {
  private static let dryRuns = [
    Tool.clean + ["--dry-run"], Tool.clean + ["-n"], ["env", "DRY_RUN=true"] + Tool.clean,
    Tool.apply("--cleanup-only --check"), Tool.apply("--cleanup-only --dry-run"),
  ]

  @Test(arguments: dryRuns)
  func listsRulesAndRoutingAndRemovesNothing(_ dryRun: [String]) throws {
    try withNamespace {
      try Program.require("ip", "link", "set", "lo", "up")
      try Program.require(Tool.apply("-m TPROXY"))
      try Program.require("iptables-nft", "-t", "nat", "-A", "OUTPUT", "-d", "192.0.2.1", "-j", "ACCEPT")
      let before = try KernelState.read()
      let output = try Program.require(dryRun)
      #expect(output.contains("-A OUTPUT -j ISTIO_OUTPUT\n"))
      #expect(!output.contains("192.0.2.1"), "a rule of another program stays")
      #expect(
        output.hasSuffix(
          """
          dry run: would remove 60 rules in 4 tables (IPv4 and IPv6), policy rule and route: fwmark 0x539 lookup 133 \
          (IPv4), policy rule and route: fwmark 0x539 lookup 133 (IPv6), ::6 on lo

          """), "\(output)")
      #expect(try KernelState.read() == before)
    }
  }

  @Test func theNativeFormIsListedAsNFTPrintsIt() throws {
    try withNamespace {
      try Program.require(Tool.apply("--native-nftables"))
      let listed = try Program.require("nft", "-s", "list", "ruleset")
      let output = try Program.require(Tool.clean + ["--dry-run"])
      #expect(output == listed + "dry run: would remove 17 rules in 1 table (native form), ::6 on lo\n")
    }
  }

  @Test func whatIsListedIsRemoved() throws {
    try withNamespace {
      try Program.require(Tool.apply("--ip-family ipv4"))
      #expect(
        try Program.require(Tool.clean).firstMatch(
          of: /^removed 18 rules in 1 table \(IPv4\); none are left \(\d+\.\d ms\)\n$/) != nil)
      #expect(try Program.require(Tool.clean + ["--dry-run"]) == "dry run: nothing to remove\n")
    }
  }
}
