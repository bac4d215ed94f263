import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// Rules of Istio in the interface, nf_tables or iptables-legacy, that the options do not select.
@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct OtherInterfaceTests {
  /// The interface that the options select, and the name of the other one.
  struct Selection: CustomTestStringConvertible {
    let testDescription: String
    let apply: @Sendable (String) -> [String]
    /// Installs rules in the other interface.
    let applyOther: @Sendable (String) -> [String]
    /// The command that checks and changes nothing; iptables-legacy has none.
    let checks: [[String]]
    let other: String
  }

  static let nfTables = Selection(
    testDescription: "nf_tables", apply: { Tool.apply($0) }, applyOther: { LegacyTests.apply($0) },
    checks: [Tool.apply("--check"), [Tool.path, "print"] + Tool.apply("--plan").dropFirst()],
    other: "iptables-legacy")
  static let native = Selection(
    testDescription: "native form", apply: { Tool.apply("--native-nftables " + $0) },
    applyOther: { LegacyTests.apply($0) }, checks: [Tool.apply("--native-nftables --check")],
    other: "iptables-legacy")
  static let legacy = Selection(
    testDescription: "iptables-legacy", apply: { LegacyTests.apply($0) }, applyOther: { Tool.apply($0) },
    checks: [], other: "nf_tables")
  static let legacyBesideNative = Selection(
    testDescription: "iptables-legacy beside the native form", apply: { LegacyTests.apply($0) },
    applyOther: { Tool.apply("--native-nftables " + $0) }, checks: [], other: "nf_tables")

  static let all = [nfTables, native, legacy, legacyBesideNative]

  /// The rules of both interfaces and the routing.
  private static func state() throws -> [String] {
    try LegacyTests.save() + ["\(try KernelState.read())"]
  }

  @Test(arguments: all)
  func otherRulesThereAreAnErrorThatChangesNothing(_ selection: Selection) throws {
    try withNamespace {
      try Program.require(selection.applyOther("-d 15020 -m TPROXY"))
      let before = try Self.state()
      for command in [selection.apply(""), selection.apply("--force-apply")] + selection.checks {
        try Program.run(command).expect(1, selection.other, "--reconcile", "15090")
      }
      try Program.run(selection.apply("--dry-run")).expect(
        1, "apply would fail", selection.other == "nf_tables" ? "nf_tables" : "--reconcile replaces them")
      #expect(try Self.state() == before)
    }
  }

  @Test func aForeignRuleInAChainOfIstioIsAnError() throws {
    try withNamespace {
      try Program.require(LegacyTests.apply())
      try Program.require(
        "iptables-legacy", "-t", "nat", "-I", "ISTIO_OUTPUT", "-p", "tcp", "--dport", "3306", "-j", "RETURN")
      let before = try Self.state()
      try Program.run(Tool.apply("")).expect(1, "iptables-legacy", "--dport 3306 -j RETURN", "--reconcile")
      #expect(try Self.state() == before)
    }
  }

  @Test(arguments: all)
  func rightRulesThereStayInOneLine(_ selection: Selection) throws {
    try withNamespace {
      try Program.require(selection.applyOther(""))
      let before = try Self.state()
      for command in [selection.apply("")] + selection.checks {
        let outcome = try Program.run(command)
        outcome.expect(0, "nothing to do", "right, in \(selection.other)", "--reconcile")
        #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome)")
      }
      try Program.run(selection.apply("--force-apply")).expect(
        1, "right, in \(selection.other)", "--reconcile")
      #expect(try Self.state() == before)
    }
  }

  @Test func aRuleThatShadowsThemThereIsNamed() throws {
    try withNamespace {
      try Program.require(LegacyTests.apply("--ip-family ipv4"))
      try Program.require(
        "nft",
        "add table ip other; add chain ip other out { type nat hook output priority -101; };"
          + "add rule ip other out tcp dport 80 redirect to :9999")
      try Program.run(Tool.apply("--ip-family ipv4")).expect(
        0, "nothing to do", "right, in iptables-legacy", "shadowed by rule 1 of out (ip other)")
    }
  }

  /// In a chain of Istio's rules, before them.
  @Test(arguments: ["nft", "legacy"])
  func aRuleThatPrecedesThemIsNamed(_ flavour: String) throws {
    try withNamespace {
      let apply = Tool.apply("--ip-family ipv4 --force-iptables-binary \(flavour)")
      let iptables = "iptables-\(flavour)"
      try Program.require(iptables, "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "81", "-j", "RETURN")
      let words = "shadowed by rule 1 of OUTPUT (nat"
      try Program.run(apply).expect(0, "done: ", words, "--dport 81 -j RETURN: it precedes -j ISTIO_OUTPUT")
      try Program.run(apply).expect(0, "nothing to do", words)
      if flavour == "legacy" {
        try Program.run(Tool.apply("--ip-family ipv4")).expect(0, "right, in iptables-legacy", words)
      }
      try Program.require(iptables, "-t", "nat", "-D", "OUTPUT", "1")
      try Program.require(iptables, "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "--dport", "81", "-j", "RETURN")
      #expect(try !Program.require(apply).contains("shadowed"))
    }
  }

  @Test func twoRightSetsAreAWarning() throws {
    try withNamespace {
      try Program.require(LegacyTests.apply())
      let rules = try Program.require([Tool.path, "print"] + Tool.apply("").dropFirst())
      let families = rules.components(separatedBy: "*nat").dropFirst().map { "*nat" + $0 }
      for (text, program) in zip(families, ["iptables-nft-restore", "ip6tables-nft-restore"]) {
        try Program.require("sh", "-c", "printf '%s' \"$0\" | \(program)", text)
      }
      for command in [Tool.apply(""), LegacyTests.apply()] {
        let outcome = try Program.run(command)
        outcome.expect(0, "nothing to do", "two sets of rules are active")
        #expect(outcome.output.split(separator: "\n").count == 2, "\(outcome)")
      }
      let checks = Self.nfTables.checks + [Tool.apply("--dry-run"), LegacyTests.apply("--dry-run")]
      for command in checks { try Program.run(command).expect(0, "two sets of rules are active") }
    }
  }

  @Test(arguments: all, ["", "-d 15020 -m TPROXY"])
  func reconcileMovesThem(_ selection: Selection, _ options: String) throws {
    try withNamespace {
      try Program.require("ip", "link", "set", "lo", "up")
      try Program.require(selection.apply(""))
      let wanted = try Self.state()
      try Program.require(Tool.clean)
      try Program.require(selection.applyOther(options))
      let outcome = try Program.run(selection.apply("--reconcile"))
      outcome.expect(0, "done: ", "from \(selection.other)")
      #expect(!outcome.output.contains("two sets") && !outcome.output.contains("nothing to do"), "\(outcome)")
      #expect(try Self.state() == wanted)
      try Program.run(selection.apply("--reconcile")).expect(0, "nothing to do")
    }
  }

  @Test func reconcileRemovesOtherRulesBesideRightOnes() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let wanted = try Self.state()
      try Program.require(["env", "-i"] + ["sh", "-c", Self.restore])
      try Program.run(Tool.apply("")).expect(1, "iptables-legacy", "--reconcile")
      try Program.run([Tool.path, "print"] + Tool.apply("--plan --reconcile").dropFirst()).expect(
        0, "remove 2 rules", "iptables-legacy")
      let outcome = try Program.run(Tool.apply("--reconcile"))
      outcome.expect(0, "unchanged: ", "from iptables-legacy")
      #expect(!outcome.output.contains("nothing to do"), "\(outcome)")
      #expect(try Self.state() == wanted)
    }
  }

  /// Two rules of another configuration in iptables-legacy.
  private static let restore = """
    PATH=/usr/sbin:/sbin:/usr/bin:/bin
    printf '*nat\n:ISTIO_OUTPUT - [0:0]\n-A OUTPUT -p tcp -j ISTIO_OUTPUT\n-A ISTIO_OUTPUT -j RETURN\nCOMMIT\n' |
      iptables-legacy-restore --noflush
    """

  @Test func aCleanNamesTheInterface() throws {
    try withNamespace {
      try Program.require(LegacyTests.apply("--ip-family ipv4"))
      try Program.run(Tool.clean + ["--dry-run"]).expect(0, "(IPv4, iptables-legacy)")
      try Program.run(Tool.clean + ["--force-iptables-binary", "nft"]).expect(
        0, "nothing to do", "iptables-legacy still has rules of Istio",
        LegacyTests.clean.suffix(2).joined(separator: " "))
      try Program.run(Tool.clean).expect(0, "removed 18 rules in 1 table (IPv4, iptables-legacy)")
    }
  }
}
