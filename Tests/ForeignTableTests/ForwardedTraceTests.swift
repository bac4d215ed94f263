import Intercept
import TestSupport
import Testing

/// Traces of packets that this host receives for another one.
struct ForwardedTraceTests {
  private static func tracer(_ rules: String) throws -> Tracer {
    let script = "table ip t {\n\tchain c {\n\t\ttype \(rules)\n\t}\n}\n"
    var context = HostContext(ownAddresses: ["172.17.0.1"].compactMap { IPAddress($0) })
    context.networks = ["172.17.0.0/16"].compactMap { CIDR($0) }.map { HostContext.Network($0, docker) }
    context.interfaceAddresses = [docker: context.ownAddresses]
    return Tracer(Ruleset(.ipv4), beside: try NftRuleset(listing: script), in: context)
  }

  private static let docker = InterfaceName("docker0") ?? .eth0

  private static func flow(_ to: String) throws -> Flow {
    Flow(
      .forwarded, to: try #require(Endpoint(to)), from: IPAddress("172.17.0.2"), interface: docker)
  }

  @Test func aPacketLeavesOnTheInterfaceOfItsDestination() throws {
    let tracer = try Self.tracer("filter hook forward priority 0; policy accept; oifname \"docker0\" drop")
    let trace = tracer.trace(try Self.flow("10.0.0.1:80"))
    #expect(trace.verdict == .accept && trace.isForwarded && trace.packet.outInterface == .eth0)
    #expect(tracer.verdict(of: try Self.flow("172.17.0.3:80")) == .drop)
    var flow = try Self.flow("10.0.0.1:80")
    flow.outInterface = Self.docker
    #expect(tracer.verdict(of: flow) == .drop)
  }

  @Test func aHairpinLeavesOnTheInterfaceOfItsArrival() throws {
    let tracer = try Self.tracer(
      "nat hook prerouting priority -100; policy accept; ip daddr 10.96.0.1 dnat to 172.17.0.3:8080")
    let trace = tracer.trace(try Self.flow("10.96.0.1:80"))
    #expect(trace.verdict == .dnat(to: try #require(Endpoint("172.17.0.3:8080"))))
    #expect(trace.isForwarded && trace.packet.outInterface == trace.packet.inInterface)
  }

  @Test func masqueradeChangesTheSource() throws {
    let tracer = try Self.tracer(
      "nat hook postrouting priority 100; policy accept; oifname docker0 masquerade")
    let trace = tracer.trace(try Self.flow("172.17.0.3:80"))
    #expect(trace.translatedSource == IPAddress("172.17.0.1"))
    #expect(tracer.trace(try Self.flow("10.0.0.1:80")).translatedSource == nil)
  }

  @Test func aPacketForThisHostIsNotForwarded() throws {
    let tracer = try Self.tracer("filter hook input priority 0; policy drop;")
    #expect(tracer.verdict(of: try Self.flow("172.17.0.1:80")) == .drop)
    #expect(tracer.verdict(of: try Self.flow("172.17.0.9:80")) == .accept)
  }
}
