import Intercept
import TestSupport
import Testing

/// For all options, those guessed from their rules build the same rules: the iptables text of both families
/// and of each alone, and the nftables form.
struct GuessPropertyTests {
  /// Number of configurations from each set of values.
  private static let rounds = Soak.rounds(40)
  private static let firstSeed = Soak.firstSeed(1)
  /// Number of tests that share the rounds, to run at the same time.
  private static let shares = 4

  @Test(arguments: GoldenRules.all)
  func goldenRules(golden: GoldenRules) throws {
    let rules = golden.rulesets.sorted { $0.family == .ipv4 && $1.family == .ipv6 }
    try Self.checkText(rules, golden.name)
    let guess = try #require(Guess(rules))
    try Self.checkNative(RulesetBuilder.build(try guess.reread()), golden.name)
  }

  @Test func goldenRulesAreThere() {
    #expect(GoldenRules.all.count > 120)
  }

  @Test(arguments: 0..<shares)
  func randomOptions(share: Int) throws {
    for round in stride(from: share, to: Self.rounds, by: Self.shares) {
      let seed = Self.firstSeed &+ UInt64(round)
      for (kind, values) in [("any", RandomValues.any), ("overlapping", OverlappingValues.ofOptions)] {
        var random = SeededGenerator(seed: seed)
        let configuration = Configuration.random(using: &random, of: values)
        let rules = RulesetBuilder.build(configuration)
        try Self.checkText(rules, "\(kind) \(seed), \(configuration)")
        try Self.checkNative(rules, "\(kind) \(seed), \(configuration)")
      }
    }
  }

  private static func checkText(_ rules: [Ruleset], _ name: String) throws {
    for live in Set(rules.map { [$0] } + [rules]) {
      let guess = try #require(Guess(live), "\(name)")
      let built = RulesetBuilder.build(try guess.reread())
      let text = built.filter { built in live.contains { $0.family == built.family } }.map { $0.saveText() }
      let isSame = guess.isComplete && text == live.map { $0.saveText() }
      #expect(isSame, "\(name)\n\(guess.text())")
    }
  }

  private static func checkNative(_ rules: [Ruleset], _ name: String) throws {
    let native = try NativeRuleset(lowering: rules)
    // Several blocks that together are every address (docs/limits.md).
    guard !["ip daddr 0.0.0.0/0 ", "ip6 daddr ::/0 "].contains(where: native.nftText.contains) else { return }
    let live = IPFamily.allCases.map { Ruleset(lifting: native, $0) }
    let guess = try #require(Guess(live, isNative: true), "\(name)")
    let again = try NativeRuleset(try guess.reread())
    let isSame = guess.isComplete && again == native
    #expect(isSame, "\(name)\n\(guess.text())\n\(native.nftText)\n\(again.nftText)")
  }
}
