import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The rules that this program writes, compared with those that iptables-nft makes from the same text.
@Suite(.enabled(if: canUseKernel))
struct IptablesFormTests {
  @Test(
    .enabled(
      if: Iptables.writesOldOrder,
      "iptables-nft before 1.8.10 is the reference: later ones write the same expressions in another order"),
    arguments: Configurations.all.map(\.name))
  func expressionsAreThoseOfIptables(_ name: String) throws {
    let rulesets = try Self.rulesets(name)
    let (reference, referenceRules) = try withNamespace {
      try Iptables.restore(rulesets)
      return (try Iptables.listing(), try Self.expressions())
    }
    let (listing, rules) = try withNamespace {
      _ = try InterceptionRules().apply(rulesets)
      return (try Iptables.listing(), try Self.expressions())
    }
    #expect(listing == reference)
    // The listing does not show what is in the structs of x_tables.
    #expect(rules == referenceRules)
  }

  @Test(arguments: Configurations.all.map(\.name))
  func iptablesSavePrintsTheRules(_ name: String) throws {
    let rulesets = try Self.rulesets(name)
    try withNamespace {
      _ = try InterceptionRules().apply(rulesets)
      for ruleset in rulesets {
        #expect(try Iptables.save(ruleset.family) == ruleset.asKept().saveText())
      }
    }
  }

  @Test(arguments: Configurations.all.map(\.name))
  func rulesOfIptablesAreReadBack(_ name: String) throws {
    let rulesets = try Self.rulesets(name)
    try withNamespace {
      try Iptables.restore(rulesets)
      let live = try InterceptionRules().live().rulesets
      #expect(live.filter { !$0.isEmpty } == (try rulesets.map { try $0.asKept() }.filter { !$0.isEmpty }))
      #expect(try InterceptionRules().apply(rulesets).changedAnything == false)
    }
  }

  static func rulesets(_ name: String) throws -> [Ruleset] {
    let found = try #require(Configurations.all.first { $0.name == name })
    return RulesetBuilder.build(found.configuration)
  }

  /// Every rule's expressions, in the order they run.
  static func expressions() throws -> [[Expression]] {
    var connection = try NFTablesConnection.open()
    return try connection.rules().map(\.expressions)
  }
}
