import Glibc
import Intercept
import TestSupport
import Testing

/// Whatever the options say, iptables itself understands the rules as this program does.
@Suite(.enabled(if: canUseKernel))
struct RestorePropertyTests {
  /// How many configurations are tried: 160, or what SOAK_ROUNDS says.
  static let rounds = givenNumber("SOAK_ROUNDS").map(Int.init) ?? 160
  /// The seed of the first: always the same, so that a failure can be seen again, but not under soak.
  static let firstSeed: UInt64 = getenv("SOAK_ROUNDS") == nil ? 1 : .random(in: 0 ... .max / 2)
  /// Namespaces the rounds are shared out to.
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
    let configuration = Configuration.random(&random)
    for ruleset in RulesetBuilder.build(configuration) {
      try run("nft", "flush", "ruleset")
      let text = ruleset.restoreText()
      do {
        try run(Iptables.command(ruleset.family, "-restore"), "--test", "--noflush", input: text)
        try #require(Iptables.save(ruleset.family) == "", "--test has left something, seed \(seed)")
        try Iptables.restore(text, ruleset.family)
      } catch let failure as CommandFailure {
        Issue.record("seed \(seed), \(configuration): \(failure)\n\(text)")
        continue
      }
      let saved = try Iptables.save(ruleset.family)
      #expect(saved == ruleset.saveText(), "seed \(seed), \(configuration)")
    }
  }
}
