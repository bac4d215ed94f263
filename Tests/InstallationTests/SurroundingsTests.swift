import Installation
import Intercept
import KernelTestSupport
import Netfilter
import Sockets
import TestSupport
import Testing

/// Listeners and routing that belong to no rule, or are not the proxy's.
@Suite(.enabled(if: canUseKernel))
struct SurroundingsTests {
  @Test func aForeignListenerOnTheProxysPortIsNamed() throws {
    try withNamespace {
      var configuration = sidecar { $0.includesIPv6 = false }
      let before = try #require(RedirectionPorts(configuration, in: .current))
      #expect(before.closed == ["no listener on 15006: refused"] && before.foreign.isEmpty)
      let listener = try InternetSocket.listening(at: try #require(Endpoint("0.0.0.0:15006")))
      let warnings = try installation(configuration).apply().warnings
      #expect(
        warnings.contains { $0.hasPrefix("15006 belongs to ") && $0.hasSuffix("(uid 0), not the proxy") })
      configuration.proxyUsers = [try #require(UserID(rawValue: 0))]
      let after = try #require(RedirectionPorts(configuration, in: .current))
      #expect(after.closed.isEmpty && after.foreign.isEmpty)
      _ = consume listener
    }
  }

  @Test func routingThatNoRuleNeedsIsReported() throws {
    try withNamespace {
      try run("ip", "rule", "add", "fwmark", "1337", "lookup", "133")
      try run("ip", "route", "add", "local", "default", "dev", "lo", "table", "133")
      let rules = sidecar { $0.includesIPv6 = false }
      #expect(try installation(rules).apply().warnings.contains { $0.contains("lookup 133") })
      #expect(try installation(rules, reconciles: true).apply().warnings.isEmpty)
      #expect(try installation(rules).apply().warnings.isEmpty)
      #expect(try !run("ip", "rule").contains("lookup 133"))
    }
  }
}
