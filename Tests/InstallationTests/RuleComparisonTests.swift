import Installation
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Comparisons that start from an earlier one find the same differences as those that read everything.
@Suite(.enabled(if: canUseKernel))
struct RuleComparisonTests {
  private let configuration = sidecar { $0.interception = .tproxy(mark: 1337, table: 133) }

  private var options: RunOptions {
    var reader = OptionReader(Options(flags: [:]))
    return RunOptions(reading: &reader)
  }

  @Test func unchangedRulesAreNotReadAgain() throws {
    try withNamespace {
      _ = try installation(configuration).apply()
      let first = try installation(configuration).comparison()
      #expect(first.diff.isEmpty && first.hasIstioRules)
      let second = try #require(try first.renewed(for: configuration, options, in: .current))
      #expect(second.diff.isEmpty && second.hasIstioRules)
    }
  }

  @Test func routingIsReadAgain() throws {
    try withNamespace {
      _ = try installation(configuration).apply()
      let first = try installation(configuration).comparison()
      try TestSupport.run("ip", "rule", "del", "fwmark", "1337")
      let second = try #require(try first.renewed(for: configuration, options, in: .current))
      #expect(try second.diff.routing == installation(configuration).differences().routing)
      #expect(!second.diff.routing.isEmpty)
    }
  }

  @Test(arguments: [
    "nft flush chain ip nat ISTIO_OUTPUT", "nft add rule ip nat ISTIO_OUTPUT tcp dport 9999 counter return",
    "nft insert rule ip nat OUTPUT tcp dport 80 counter accept", "nft delete table ip6 nat",
    "nft add table inet other",
  ])
  func changedRulesMustBeRead(_ change: String) throws {
    try withNamespace {
      _ = try installation(configuration).apply()
      let first = try installation(configuration).comparison()
      try TestSupport.run(change.split(separator: " ").map(String.init))
      #expect(try first.renewed(for: configuration, options, in: .current)?.diff == nil)
    }
  }

  @Test func differencesOfUnchangedRulesStay() throws {
    try withNamespace {
      let first = try installation(configuration).comparison()
      #expect(!first.diff.isEmpty && !first.hasIstioRules)
      let second = try #require(try first.renewed(for: configuration, options, in: .current))
      #expect(second.diff == first.diff && !second.hasIstioRules)
    }
  }

  @Test func anotherConfigurationMustBeCompared() throws {
    try withNamespace {
      _ = try installation(configuration).apply()
      let first = try installation(configuration).comparison()
      #expect(try first.renewed(for: sidecar(), options, in: .current)?.diff == nil)
    }
  }
}
