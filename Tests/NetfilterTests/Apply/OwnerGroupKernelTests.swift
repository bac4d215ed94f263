import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The number of owner groups that the kernel accepts in one rule: the options refuse more.
@Suite(.enabled(if: canUseKernel))
struct OwnerGroupKernelTests {
  @Test(arguments: [(126, "1.30"), (122, "1.24"), (122, "1.16")])
  func theKernelTakesTheLimitAndNoMore(_ limit: Int, _ release: String) throws {
    try withNamespace {
      _ = try InterceptionRules().apply(RulesetBuilder.build(configuration(limit, release)), .install)
      _ = try InterceptionRules().clean([])
      #expect(throws: (any Error).self) {
        _ = try InterceptionRules().apply(RulesetBuilder.build(configuration(limit + 1, release)), .install)
      }
      #expect(try Iptables.listing() == "")
    }
  }

  private func configuration(_ groups: Int, _ release: String) throws -> Configuration {
    var configuration = Configuration()
    configuration.release = try #require(IstioRelease(release))
    configuration.dns = .all
    configuration.ownerGroups = .only((1...UInt32(groups)).compactMap(GroupID.init(rawValue:)))
    return configuration
  }
}
