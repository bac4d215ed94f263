import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Removal of rules from nf_tables and iptables-legacy, and the routing that both share.
@Suite(.enabled(if: hasLegacyTables, "the kernel has no tables of iptables-legacy"))
struct AllBackendsTests {
  private static let dual = sidecar { $0.includesIPv6 = true }

  private static func run(_ form: RunOptions.Form, all: Bool = true) -> RunOptions {
    var reader = OptionReader(Options(flags: [:]))
    var run = RunOptions(reading: &reader)
    (run.form, run.cleansAllBackends) = (form, all)
    return run
  }

  /// Installs the rules beside those of another form.
  private static func install(_ form: RunOptions.Form) throws {
    let rules = RulesetBuilder.build(dual)
    switch form {
    case .iptablesNFT: _ = try InterceptionRules(in: .current).apply(rules)
    case .native: _ = try InterceptionRules(in: .current, as: .nftables).apply(rules)
    case .iptablesLegacy: _ = try LegacyRules().apply(rules)
    }
  }

  @Test(arguments: [
    [RunOptions.Form.iptablesLegacy], [.iptablesNFT, .iptablesLegacy], [.native, .iptablesLegacy],
  ])
  func aCleanRemovesTheRulesOfBoth(_ forms: [RunOptions.Form]) throws {
    try withNamespace {
      let before = try namespaceState()
      for form in forms { try Self.install(form) }
      let clean = Installation.toClean(Self.dual, Self.run(.iptablesNFT), in: .current)
      #expect(try clean.removalPlan().legacy.map(\.family).contains(.ipv6))
      _ = try clean.clean()
      #expect(try namespaceState() == before)
      #expect(try LegacyRules().live().allSatisfy { $0.isEmpty })
      #expect(try clean.removalPlan().isEmpty)
    }
  }

  @Test func aCleanOfOneBackendLeavesTheRoutingOfTheOther() throws {
    try withNamespace {
      _ = try Installation(Self.dual, Self.run(.iptablesNFT), in: .current).apply()
      let alone = try namespaceState()
      try Self.install(.iptablesLegacy)
      let clean = Installation.toClean(Self.dual, Self.run(.iptablesLegacy, all: false), in: .current)
      _ = try clean.clean()
      #expect(try LegacyRules().live().allSatisfy { $0.isEmpty })
      #expect(try namespaceState() == alone)
    }
  }
}
