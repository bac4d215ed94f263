import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// `--force-apply`: rules that are right are written all the same; no others are replaced.
@Suite(.enabled(if: canUseKernel))
struct ForceTests {
  @Test(arguments: ["", "--native-nftables"])
  func whatIsRightIsWrittenOnceMore(_ form: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("\(form) -m TPROXY"))
      let (before, generation) = (try KernelState.read(), try Self.generation())
      #expect(try Program.require(Tool.apply("\(form) -m TPROXY")).hasPrefix("nothing to do: "))
      #expect(try Self.generation() == generation)
      #expect(try Program.require(Tool.apply("\(form) -m TPROXY --force-apply")).hasPrefix("done: "))
      #expect(try Self.generation() == generation + 1)
      #expect(try KernelState.read() == before)
    }
  }

  @Test(arguments: ["", "--native-nftables"], ["", "--native-nftables"])
  func otherRulesAreStillAnError(_ old: String, _ new: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("\(old) -m TPROXY -t 4711"))
      let (before, generation) = (try KernelState.read(), try Self.generation())
      for more in ["", "--force-apply"] {
        let outcome = try Program.run(Tool.apply("\(new) -m TPROXY -t 7 -o 9999 \(more)"))
        #expect(outcome.status == 1 && outcome.output.contains("9999"), "\(outcome)")
        #expect(try KernelState.read() == before)
      }
      #expect(try Self.generation() == generation)
    }
  }

  private static func generation() throws -> UInt32 {
    var connection = try NFTablesConnection.open()
    return try connection.generation().rawValue
  }
}
