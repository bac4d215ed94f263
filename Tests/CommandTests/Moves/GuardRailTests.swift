import KernelTestSupport
import TestSupport
import Testing

/// The six rules with which Istio's own program shuts a namespace while it changes the others: after a run was
/// killed they are removed with a warning, and no other program's rules are.
@Suite(.enabled(if: canUseKernel))
struct GuardRailTests {
  private static let programs = ["iptables-nft", "ip6tables-nft"]
  private static let warnings = ["IPv4", "IPv6"].map {
    "warning: \($0): a killed Istio run left its six DROP rules in filter; they are removed\n"
  }

  /// The options that remove them, and the options of the rules that are installed afterwards.
  private static let remedies = ["--cleanup-only", "--reconcile -o 9999", "--reconcile --native-nftables"]

  @Test(arguments: remedies, ["", "--native-nftables"])
  func theyGoWithAWarning(_ remedy: String, _ installed: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(remedy))
      let wanted = try KernelState.read()
      for times in 1...2 {
        try Program.require(Tool.reconcile(installed))
        for _ in 0..<times { for program in Self.programs { try Self.shut(program) } }
        let output = try Program.require(Tool.apply(remedy))
        #expect(Self.warnings.allSatisfy(output.contains), "\(output)")
        #expect(try KernelState.read() == wanted)
      }
    }
  }

  @Test(arguments: programs.indices, remedies)
  func oneFamilyMayHaveThemAloneAndWithoutAnythingElse(_ family: Int, _ remedy: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(remedy))
      let wanted = try KernelState.read()
      try Program.require(Tool.clean)
      try Self.shut(Self.programs[family])
      let output = try Program.require(Tool.apply(remedy))
      #expect(output.contains(Self.warnings[family]) && !output.contains(Self.warnings[1 - family]))
      #expect(try KernelState.read() == wanted)
    }
  }

  @Test(arguments: programs, remedies)
  func aFirewallBehindThemStays(_ program: String, _ remedy: String) throws {
    try withNamespace {
      for rule in ["-i lo -j ACCEPT", "-p tcp -j DROP", "-p udp -j DROP"] {
        try Program.require([program, "-A", "INPUT"] + rule.shellWords)
      }
      let firewall = try Program.require(program, "-S")
      try Self.shut(program)
      try Program.require(Tool.apply(remedy))
      #expect(try Program.require(program, "-S") == firewall)
    }
  }

  @Test func aPartOfThemIsAnybodys() throws {
    try withNamespace {
      try Self.shut("iptables-nft")
      try Program.require("iptables-nft", "-D", "FORWARD", "-p", "udp", "-j", "DROP")
      let firewall = try Program.require("iptables-nft", "-S")
      let output = try Program.require(Tool.reconcile(""))
      #expect(!Self.warnings.contains { output.contains($0) }, "\(output)")
      try Program.require(Tool.clean)
      #expect(try Program.require("iptables-nft", "-S") == firewall)
    }
  }

  @Test func withoutReconcileTheyAreAnErrorThatNamesThem() throws {
    try withNamespace {
      try Self.shut("iptables-nft")
      let before = try KernelState.read()
      let outcome = try Program.run(Tool.apply(""))
      #expect(outcome.status == 1 && outcome.output.contains("+ -p udp -j DROP"), "\(outcome)")
      #expect(try KernelState.read() == before)
    }
  }

  /// In the order in which Istio's program inserts them.
  private static func shut(_ program: String) throws {
    let rules = ["INPUT", "FORWARD", "OUTPUT"].flatMap { chain in
      ["tcp", "udp"].map { "-I \(chain) 1 -p \($0) -j DROP" }
    }
    let text = (["*filter"] + rules + ["COMMIT"]).joined(separator: "\n")
    try Program.require("sh", "-c", "echo \"$0\" | \(program)-restore --noflush", text)
  }
}
