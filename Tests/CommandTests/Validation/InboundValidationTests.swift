import Foundation
import KernelTestSupport
import TestSupport
import Testing

/// The direction of which no probe of a namespace can make a connection.
@Suite(.enabled(if: canUseKernel))
struct InboundValidationTests {
  @Test(arguments: ["", "-m TPROXY"])
  func rulesThatLetInboundConnectionsPassAreNotValid(_ options: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("--ip-family ipv4 \(options)"))
      let words = [Tool.path, "validate", "--profile", "sidecar", "--ip-family", "ipv4"] + options.shellWords
      #expect(try Program.run(words).status == 0)
      let table = options.isEmpty ? "nat" : "mangle"
      try Program.require("iptables-nft", "-t", table, "-D", "PREROUTING", "1")
      let outcome = try Program.run(words)
      #expect(outcome.status == 126 && outcome.output.contains("inbound TCP"), "\(outcome)")
    }
  }
}
