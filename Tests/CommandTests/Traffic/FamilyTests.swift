import Dispatch
import KernelTestSupport
import TestSupport
import Testing

/// Rules for IPv4 alone leave IPv6 alone, also in the native form, whose tables are of both families.
@Suite(.enabled(if: canUseKernel))
struct FamilyTests {
  @Test(
    arguments: ["", "--native-nftables"],
    [("ipv4", EchoServer.Name.outside), ("dual", EchoServer.Name.proxy)])
  func connectionsOfEachFamily(_ form: String, _ expected: (families: String, ipv6: EchoServer.Name)) throws {
    let world = try PodWorld()
    let (group, tally) = (DispatchGroup(), Tally())
    world.startServers(group, tally)
    let names = try world.pod.run {
      try Program.require(Tool.apply("\(form) --ip-family \(expected.families)"))
      return try PodWorld.servers.map { try Connection.open(to: $0).receive(1) }
    }
    #expect(names == [[EchoServer.Name.proxy.rawValue], [expected.ipv6.rawValue]])
    tally.end()
    group.wait()
    #expect(tally.failures == [])
  }

  /// Rules of a family that is not wanted are differences.
  @Test(arguments: ["", "--native-nftables"])
  func rulesOfAnUnwantedFamilyAreListed(_ form: String) throws {
    try withNamespace {
      try Program.require(Tool.apply("\(form) --ip-family dual"))
      let outcome = try Program.run(Tool.apply("\(form) --ip-family ipv4"))
      #expect(outcome.status == 1 && outcome.output.contains("Differences:"), "\(outcome)")
      #expect(!outcome.output.contains("already installed and right"), "\(outcome)")
      try Program.require(Tool.reconcile("\(form) --ip-family ipv4"))
    }
  }
}
