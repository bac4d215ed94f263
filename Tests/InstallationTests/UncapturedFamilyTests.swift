import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// IPv6 addresses beside rules for IPv4 alone.
@Suite(.enabled(if: canUseKernel))
struct UncapturedFamilyTests {
  @Test func anAddressThatNoRuleCapturesIsNamed() throws {
    try withNamespace {
      let ipv4 = installation(sidecar { $0.includesIPv6 = false })
      #expect(ipv4.uncapturedFamily() == nil)
      try run("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
      try run("ip", "link", "set", "eth0", "up")
      try run("ip", "-6", "address", "add", "fd00:244::7/64", "dev", "eth0", "nodad")
      let warning = try #require(ipv4.uncapturedFamily())
      #expect(warning.contains("fd00:244::7") && warning.contains("eth0"))
      #expect(try ipv4.apply().warnings == [warning])
      #expect(installation(sidecar()).uncapturedFamily() == nil)
    }
  }
}
