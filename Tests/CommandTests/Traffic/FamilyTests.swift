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
}
