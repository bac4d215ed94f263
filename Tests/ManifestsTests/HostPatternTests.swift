import Manifests
import TestSupport
import Testing

/// The index of host patterns finds those that match one by one.
struct HostPatternTests {
  private static let labels = ["a", "b", "ab", "*", "é"]

  @Test(arguments: 0..<UInt64(Soak.rounds(50)))
  func theIndexFindsEveryMatch(round: UInt64) {
    var random = SeededGenerator(seed: Soak.firstSeed(1) + round)
    let patterns = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
      HostPattern(random.pick("", "*", "*.") + Self.host(&random))
    }
    let index = HostPatternIndex(patterns.enumerated().map { ($0.element, $0.offset) })
    for _ in 0..<20 {
      let host = Self.host(&random)
      #expect(index.indexes(matching: host) == patterns.indices.filter { patterns[$0].matches(host) })
    }
  }

  private static func host(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0..<4, using: &random)).map { _ in random.pick(labels) }
      .joined(separator: ".")
  }
}
