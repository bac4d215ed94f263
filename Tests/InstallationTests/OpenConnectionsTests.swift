import Installation
import Intercept
import KernelTestSupport
import Netfilter
import Sockets
import TestSupport
import Testing

/// Connections that are older than the rules.
@Suite(.enabled(if: canUseKernel))
struct OpenConnectionsTests {
  @Test func aFirstApplyCountsThem() throws {
    try withNamespace {
      let address = try #require(Endpoint("127.0.0.1:8080"))
      let listener = try InternetSocket.listening(at: address)
      let client = try InternetSocket.open(.ipv4)
      try client.connect(to: address, by: .now + .seconds(5))
      let rules = installation(sidecar())
      #expect(try rules.apply().warnings.filter { $0.hasPrefix("1 connection was open") }.count == 1)
      #expect(try rules.apply().warnings.isEmpty)
      let other = installation(sidecar { $0.excludedOutboundPorts = [PortRange(9)] }, reconciles: true)
      #expect(try other.apply().warnings.isEmpty)
      _ = consume client
      _ = consume listener
    }
  }

  @Test func aNamespaceWithoutConnectionsHasNone() throws {
    try withNamespace {
      let report = try installation(sidecar()).apply()
      #expect(report.warnings.isEmpty)
    }
  }
}
