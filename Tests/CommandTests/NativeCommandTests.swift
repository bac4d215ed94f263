import KernelTestSupport
import TestSupport
import Testing

/// The native form by the command: the rules afterwards, and the messages.
@Suite(.enabled(if: canUseKernel))
struct NativeCommandTests {
  private static let native = "--native-nftables"

  @Test func whatApplyPutsInIsWhatPrintPrints() throws {
    try withNamespace {
      for options in ["", "-m TPROXY -t 4711", "--redirect-dns --dns-servers 10.96.0.10,2001:db8::53"] {
        try Program.require(Tool.reconcile("\(Self.native) \(options)"))
        let printed = try Program.require(Tool.print("--format nft \(options)"))
        #expect(try Program.require("nft", "-s", "list", "ruleset") == printed)
        #expect(try Program.require(Tool.diff("\(Self.native) \(options)")).contains("nothing differs"))
      }
      try Program.require(Tool.clean)
      #expect(try Program.require("nft", "list", "ruleset") == "")
      // 4711, as the ip command has it.
      #expect(try Program.require("ip", "rule").contains("0x1267") == false)
    }
  }

  @Test func theTextIsGood() throws {
    try withNamespace {
      let printed = try Program.require(Tool.print("--format nft -x 10.0.0.0/8,2001:db8::/32 -o 22,80:90"))
      try Program.require("sh", "-c", "echo '\(printed.replacing("'", with: ""))' | nft -c -f -")
      #expect(try Program.require("nft", "list", "ruleset") == "")
    }
  }

  @Test func aSecondRunWritesNothing() throws {
    try withNamespace {
      #expect(try Program.require(Tool.apply(Self.native)).hasPrefix("done: "))
      let before = try KernelState.read()
      #expect(try Program.require(Tool.apply(Self.native)).hasPrefix("nothing to do: "))
      #expect(try Program.require(Tool.apply("\(Self.native) --check")).contains("nothing to do"))
      #expect(try KernelState.read() == before)
    }
  }

  @Test(arguments: [("", native), (native, ""), (native, "\(native) -o 9999")])
  func otherRulesStayAndAreAnErrorIfTheyDifferUnlessTheyMayBeReplaced(_ old: String, _ new: String) throws {
    try withNamespace {
      try Program.require(Tool.apply(old))
      let before = try KernelState.read()
      let refused = try Program.run(Tool.apply(new))
      #expect(refused.status == (new.contains("-o 9999") ? 1 : 0))
      #expect(
        refused.output.contains(
          new.contains("-o 9999")
            ? "other Istio rules are already installed; --reconcile replaces them. Differences:"
            : "right, in the \(old.isEmpty ? "form of iptables" : "native form")"))
      #expect(try KernelState.read() == before)
      // Rules that are right in the other form are no difference.
      #expect(try Program.run(Tool.diff(new)).status == (new.contains("-o 9999") ? 1 : 0))
      try Program.require(Tool.reconcile(new))
      #expect(try Program.require(Tool.diff(new)).contains("nothing differs"))
      try Program.require(Tool.reconcile(old))
      #expect(try KernelState.read() == before)
    }
  }

  @Test func aDryRunPrintsTheRulesAndTouchesNothing() throws {
    try withNamespace {
      let before = try KernelState.read()
      let text = try Program.require(Tool.apply("\(Self.native) --dry-run"))
      #expect(text.contains("table inet istio-proxy-nat {"))
      #expect(text.contains("dry run: nothing was touched"))
      #expect(try KernelState.read() == before)
    }
  }

  @Test func thePlanIsInTheWordsOfNFT() throws {
    try withNamespace {
      try Program.require(Tool.apply(""))
      let plan = try Program.require(Tool.print("--plan --reconcile \(Self.native)"))
      #expect(plan.hasPrefix("IPv4: delete table nat\n"))
      #expect(plan.contains("\nadd table inet istio-proxy-nat\n"))
      let native = plan.split(separator: "\n").filter { $0.hasPrefix("add ") }.joined(separator: "\n")
      try Program.require("sh", "-c", "echo '\(native.replacing("'", with: ""))' | nft -f -")
      try Program.require(Tool.reconcile(Self.native))
      #expect(try Program.require("nft", "list", "tables").contains("table ip") == false)
    }
  }

  @Test func traceAndGuessReadTheNativeForm() throws {
    try withNamespace {
      try Program.require(Tool.apply("\(Self.native) -o 9999"))
      let trace = try Program.require(
        Tool.path, "trace", "--live", "outbound", "--to", "203.0.113.1:9999", "--uid", "1000", "--gid", "1000"
      )
      #expect(trace.contains("9999"))
      let guess = try Program.run([Tool.path, "guess"])
      #expect(guess.output.contains("9999"), "\(guess)")
    }
  }

  @Test func aTextOfIptablesSaveIsNotComparedWithTheNativeForm() throws {
    let outcome = try Program.run(Tool.diff("\(Self.native) /dev/null"))
    #expect(outcome.status == 2 && outcome.output.contains("without FILE"), "\(outcome)")
  }
}
