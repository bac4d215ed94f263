import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// `validate` and `--run-validation`, as the init container and Istio's validation container run them.
@Suite(.enabled(if: canUseKernel))
struct ValidateTests {
  /// The validation container: the proxy's user, without any capability.
  private static let proxy = user("1337")

  private static func user(_ id: String) -> [String] {
    ["setpriv", "--reuid", id, "--regid", id, "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
      + ["--inh-caps=-all"]
  }

  private static func validate(_ options: String = "--probe-timeout 10s") -> [String] {
    Tool.apply("--skip-rule-apply --run-validation " + options)
  }

  private static let atOnce = validate("--probe-timeout 200ms")

  @Test(arguments: [
    "", "-m TPROXY", "--redirect-dns --dns-servers 10.96.0.10", "--istio-release 1.14", "--native-nftables",
    "--native-nftables -m TPROXY",
  ])
  func whatIsInstalledIsValid(_ options: String) throws {
    try withNamespace {
      let outcome = try Program.run(Tool.apply("--run-validation --probe-timeout 10s \(options)"))
      #expect(outcome.status == 0, "\(outcome)")
      #expect(
        outcome.output.contains("validated: a connection to 127.0.0.6:15002 reaches 127.0.0.1:15006\n"))
      #expect(outcome.output.contains("validated: a connection to [::6]:15002 reaches [::1]:15006\n"))
      let unprivileged = try Program.run(Self.proxy + Self.validate())
      #expect(unprivileged.status == 0, "\(unprivileged)")
    }
  }

  @Test func withoutRulesTheStatusIsThatOfIstio() throws {
    try withNamespace {
      let outcome = try Program.run(Self.proxy + Self.atOnce)
      outcome.expectFailure(
        "no connection from 127.0.0.1 to 127.0.0.6:15002 came to 127.0.0.1:15001 or 127.0.0.1:15006",
        "no rule redirected it", "the rules cannot be read", "CAP_NET_ADMIN", "cni.repair.deletePods=true")
      try Program.run(Self.atOnce).expectFailure("the namespace has no IPv4 rules of Istio")
    }
  }

  @Test func anotherUserLearnsThatOnlyCallsOfTheProxyAreRedirected() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let outcome = try Program.run(Self.user("1000") + Self.atOnce)
      outcome.expectFailure("could not be tried", "uid 1000", "CAP_SETUID", "uid 1337", status: 1)
      let words = [Tool.path, "validate", "-u", "1337", "--ip-family", "ipv4", "--probe-timeout", "200ms"]
      #expect(try Program.run(Self.user("1000") + words).status == 2)
    }
  }

  @Test func theRuleThatIsMissingIsNamed() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      try Program.require("iptables-nft", "-t", "nat", "-D", "ISTIO_OUTPUT", "2")
      try Program.run(Self.atOnce).expectFailure(
        """
        nat ISTIO_OUTPUT
        - ! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner
              --uid-owner 1337 -j ISTIO_IN_REDIRECT

        """, "rule 3 of ISTIO_OUTPUT (nat), -m owner --uid-owner 1337 -j RETURN")
    }
  }

  @Test func theRuleThatStandsInTheWayIsNamed() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      try Program.require("ip6tables-nft", "-t", "nat", "-I", "OUTPUT", "-p", "tcp", "-j", "ACCEPT")
      try Program.run(Self.atOnce).expectFailure(
        "! -p tcp -j ACCEPT\n", "shadows -j ISTIO_OUTPUT", "[::6]:15002")
      try Program.require(Self.validate("--probe-timeout 10s --ip-family ipv4"))
    }
  }

  @Test func aFirewallThatDropsTheConnectionIsNamed() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      try Program.require("iptables-nft", "-A", "INPUT", "-p", "tcp", "--dport", "15006", "-j", "DROP")
      try Program.run(Self.atOnce).expectFailure(
        "no answer", "rules are as they should be", "dropped by rule 1 of INPUT (filter)")
    }
  }

  @Test(arguments: [("", "ip nat"), ("--native-nftables", "inet istio-proxy-nat")])
  func aDormantTableIsNamed(_ options: String, _ table: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(options))
      try Program.require("nft", "add table \(table) { flags dormant; }")
      let outcome = try Program.run(Self.atOnce)
      outcome.expectFailure("result of these rules: NOT CAPTURED", "table \(table) is dormant")
      #expect(!outcome.output.contains("cni.repair"), "\(outcome)")
    }
  }

  /// Without options of rules, those count that explain the rules of the namespace.
  @Test(arguments: ["-u 201507 -g 201507", "-o 3306 -p 15101 -z 15106", "--native-nftables -o 3306"])
  func rightRulesOfOtherOptionsAreNotListed(_ options: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(options))
      let words = [Tool.path, "validate", "--ip-family", "ipv4", "--probe-timeout", "200ms"]
      let captured = try Program.run([Tool.path, "validate", "--ip-family", "ipv4", "--probe-timeout", "10s"])
      #expect(captured.status == 0, "\(captured)")
      let port = options.contains("15106") ? "15106" : "15006"
      try Program.require("iptables-nft", "-A", "INPUT", "-p", "tcp", "--dport", port, "-j", "DROP")
      let outcome = try Program.run(words)
      outcome.expectFailure("dropped by rule 1 of INPUT (", "as they should be")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count > 1 && lines[1].contains("dropped by rule 1 of INPUT"), "\(outcome)")
      #expect(!outcome.output.contains("cni.repair"))
    }
  }

  /// Without CAP_NET_ADMIN the rules cannot be read, and other ports of the proxy are possible.
  @Test(arguments: ["-p 15101 -z 15106", "--native-nftables -p 15101 -z 15106"])
  func rightRulesForUnknownPortsCannotBeTried(_ options: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("--ip-family ipv4 " + options))
      let validate = [Tool.path, "validate", "--ip-family", "ipv4", "--probe-timeout", "300ms"]
      let outcome = try Program.run(Self.proxy + validate)
      outcome.expectFailure("could not be tried", "-p and -z", status: 2)
      #expect(!outcome.output.contains("no rule redirected it"), "\(outcome)")
      try Program.require(Self.proxy + validate + ["-u", "1337", "-p", "15101", "-z", "15106"])
      try Program.require(validate)
      try Program.require(Tool.clean)
      try Program.run(Self.proxy + validate).expectFailure("no rule redirected it")
    }
  }

  @Test func aRedirectionToAPortWithoutListenerIsNamed() throws {
    try withNamespace {
      try Program.require(Tool.apply("-p 15101 -z 15106"))
      let outcome = try Program.run(Self.atOnce)
      outcome.expectFailure("no listener on 15106: refused", "should be 15006")
      #expect(
        !outcome.output.contains("no rule redirected it") && !outcome.output.contains("cni.repair"),
        "\(outcome)")
    }
  }

  @Test func withoutLoopbackItCannotBeTried() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      try Program.require("ip", "link", "set", "lo", "down")
      let words = [Tool.path, "validate", "-u", "1337", "--probe-timeout", "200ms", "--ip-family"]
      for family in ["ipv4", "dual"] {
        try Program.run(words + [family]).expectFailure("could not be tried", "lo is down", status: 2)
      }
    }
  }

  @Test(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
  func theRulesOfIptablesLegacyAreNamed() throws {
    try withNamespace {
      try Program.require(Tool.apply("--ip-family ipv4 --force-iptables-binary legacy -p 15101 -z 15106"))
      let words = [Tool.path, "validate", "--ip-family", "ipv4", "--probe-timeout"]
      try Program.require(words + ["10s"])
      try Program.require("iptables-legacy", "-t", "nat", "-D", "ISTIO_OUTPUT", "2")
      let outcome = try Program.run(words + ["200ms"])
      outcome.expectFailure(
        "differences from the IPv4 rules in iptables-legacy", "--uid-owner 1337 -j ISTIO_IN_REDIRECT")
      #expect(
        !outcome.output.contains("two sets") && !outcome.output.contains("has no IPv4 rules"), "\(outcome)")
    }
  }

  @Test func itLooksIntoAnotherNamespace() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let thread = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      let options = ["--ip-family", "dual", "--network-namespace", "/proc/\(thread)/ns/net"]
      let validate = [Tool.path, "validate", "--profile", "sidecar", "--probe-timeout", "10s"] + options
      try Program.require(["unshare", "--net"] + validate)
    }
  }
}

extension Outcome {
  /// Expects Istio's status for rules that do not work, and these words on standard error.
  fileprivate func expectFailure(
    _ words: String..., status expected: Int32 = 126, location: SourceLocation = #_sourceLocation
  ) {
    #expect(status == expected, "\(self)", sourceLocation: location)
    let bare = output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("error: ") ? line.dropFirst(7) : line.hasPrefix("  ") ? line.dropFirst(2) : line
    }.joined(separator: "\n")
    for text in words {
      #expect(bare.contains(text), "\(self)", sourceLocation: location)
    }
  }
}
