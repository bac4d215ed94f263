import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

@testable import KernelRules
@testable import NFTables
@testable import RuleEncoding

/// In the kernel, what this program puts there in the native form is what `nft -f` makes of the text that it prints.
@Suite(.enabled(if: canUseKernel))
struct NativeFormTests {
  @Test(arguments: Configurations.all.map(\.name))
  func isWhatNFTMakesOfTheText(_ name: String) throws {
    let rulesets = try IptablesFormTests.rulesets(name)
    let native = try NativeRuleset(lowering: rulesets)
    try Self.compare(native.nftText) { _ = try InterceptionRules(as: .nftables).apply(rulesets) }
  }

  @Test(arguments: Configurations.all.map(\.name))
  func isReadBack(_ name: String) throws {
    let rulesets = try IptablesFormTests.rulesets(name)
    let native = try NativeRuleset(lowering: rulesets)
    try withNamespace {
      try NFT.load(native.nftText)
      let rules = InterceptionRules(as: .nftables)
      #expect(try rules.differences(from: rulesets).isEmpty)
      let before = try ReconcileTests.generation()
      #expect(try rules.apply(rulesets).changedAnything == false)
      #expect(try rules.check(rulesets).isNothing)
      #expect(try ReconcileTests.generation() == before)
      _ = try rules.clean()
      #expect(try run("nft", "list", "ruleset") == "")
    }
  }

  @Test func rulesOfAllKindsAreWhatNFTMakesOfTheText() throws {
    for seed in 0..<20 {
      var rules = RandomNativeRules(random: SeededGenerator(seed: UInt64(seed)))
      let names = ["somewhere", "c"].compactMap { NativeChainName($0) }
      let chains = [NativeChain(names[0]), NativeChain(names[1], rules: (0..<40).map { _ in rules.rule() })]
      let native = NativeRuleset(tables: [NativeTable(.nat, chains: chains)])
      try Self.compare(native.nftText) { try Self.put(native) }
    }
  }

  /// Checks that a body and `nft` install the same rules, each in a namespace of its own, and that they print
  /// as the text.
  private static func compare(_ text: String, _ body: () throws -> Void) throws {
    let reference = try withNamespace {
      try NFT.load(text)
      return (list: try NFT.list(), listing: try NFT.listing(), sets: try NFT.sets())
    }
    try withNamespace {
      try body()
      Self.expectSame(try NFT.list(), text)
      Self.expectSame(try NFT.listing(), reference.listing)
      #expect(try NFT.sets() == reference.sets)
    }
    expectSame(reference.list, text)
  }

  /// Says, where two texts differ, what the first lines are that do.
  private static func expectSame(_ one: String, _ other: String) {
    let lines = zip(one.split(separator: "\n"), other.split(separator: "\n")).first { $0 != $1 }
    #expect(one == other, "\(lines.map { "\n\($0.0)\n\($0.1)" } ?? "one is longer")")
  }

  private static func put(_ native: NativeRuleset) throws {
    var connection = try NFTablesConnection.open()
    let live = try connection.liveRules()
    let operations = NativePlan(live: [], wanted: native, rewrites: false).operations
    try connection.commit(
      Plan(operations: operations, wanted: .none()).batch(for: live.generation).finish())
    let readings = try connection.liveRules().nativeTables.map(\.reading)
    #expect(NativeDiff(wanted: native, live: readings).isEmpty)
  }
}
