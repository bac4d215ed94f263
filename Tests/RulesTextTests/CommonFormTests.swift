import Intercept
import TestSupport
import Testing

/// Comparison of rules in the form of iptables with those in the native form.
@Suite struct CommonFormTests {
  private static let newest = GoldenFile.all.map(\.releases.upperBound).max()
  private static let natives = GoldenFile.all.filter {
    $0.ending == "nft" && $0.releases.upperBound == newest
  }

  /// The rules of iptables with the options of a native rendering, each in a family.
  private func rulesets(like native: GoldenFile) throws -> [Ruleset] {
    let files = GoldenFile.all(of: native.name).filter { $0.releases.contains(native.releases.upperBound) }
    return try files.compactMap { file in
      try file.family.map { try IptablesDump.parse(file.text(), family: $0).ruleset }
    }
  }

  @Test(arguments: natives)
  func theNativeFormOfTheSameRulesIsEqual(native: GoldenFile) throws {
    let tables = try NftRuleset(text: native.text())
    for rules in try rulesets(like: native) {
      let lifted = tables.rules(rules.family)
      for (before, after) in [(rules, lifted), (lifted, rules)] {
        let differences = CommonForm(from: before, to: after).differences
        #expect(differences.isEmpty, "\(native.path) \(rules.family)\n\(differences.text())")
      }
    }
  }

  @Test func onePortChangedIsADifference() throws {
    let rules = RulesetBuilder.build(.sidecar())[0]
    for changed in [
      Configuration.sidecar { $0.proxyPort = 15002 }, .sidecar { $0.inboundTunnelPort = 15009 },
      .sidecar { $0.excludedOutboundPorts = [PortRange(25)] },
    ] {
      let native = try NativeRuleset(lowering: RulesetBuilder.build(changed))
      let comparison = CommonForm(from: rules, to: Ruleset(lifting: native, .ipv4))
      #expect(!comparison.differences.isEmpty, "\(changed)")
    }
  }
}
