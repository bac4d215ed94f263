import Intercept
import KernelTestSupport
import TestSupport
import Testing

/// Whatever the options say, iptables itself understands the rules as this program does.
@Suite(.enabled(if: canUseKernel))
struct RestorePropertyTests {
  /// Number of configurations.
  static let rounds = Soak.rounds(160)
  static let firstSeed = Soak.firstSeed(1)
  /// Number of tests that share the rounds, to run at the same time.
  static let shares = 4

  @Test(arguments: 0..<shares)
  func iptablesSavesWhatWasPrinted(share: Int) throws {
    #expect(Self.rounds >= 150)
    try withNamespace {
      for round in stride(from: share, to: Self.rounds, by: Self.shares) {
        try Self.check(seed: Self.firstSeed &+ UInt64(round))
      }
    }
  }

  private static func check(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let configuration = Configuration.random(using: &random)
    for ruleset in RulesetBuilder.build(configuration) {
      try run("nft", "flush", "ruleset")
      let text = ruleset.restoreText()
      do {
        try run(Iptables.command(ruleset.family, "-restore"), "--test", "--noflush", input: text)
        try #require(Iptables.save(ruleset.family) == "", "--test has left something, seed \(seed)")
        try Iptables.restore(text, ruleset.family)
      } catch let failure as ProgramFailure {
        Issue.record("seed \(seed), \(configuration): \(failure)\n\(text)")
        continue
      }
      let saved = try Iptables.save(ruleset.family)
      #expect(saved == ruleset.saveText(), "seed \(seed), \(configuration)")
    }
  }
}
