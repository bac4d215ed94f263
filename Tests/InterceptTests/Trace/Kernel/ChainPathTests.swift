import Testing

import Intercept
@testable import NftablesModel
@testable import PacketTrace
@testable import RuleModel

/// Reconstruction of the tried rules from the matching ones.
struct ChainPathTests {
  /// Three chains of equal rules.
  private static let table = Table(
    .filter,
    chains: [("INPUT", 4), ("a", 3), ("b", 2)].compactMap { name, count in
      ChainName(name).map { Chain($0, rules: Array(repeating: Rule([], .none), count: count)) }
    })

  /// `INPUT:1 INPUT:2! a:1`: the tried rules, with a mark at matching ones.
  private static func path(
    _ matches: [(String, Int, KernelVerdict)], toTheEnd: Bool = true
  ) throws -> String {
    let input = try #require(table[ChainName(.input)])
    var path = ChainPath(table, from: input)
    for (name, index, effect) in matches {
      let chain = try #require(ChainName(name).flatMap { table[$0] })
      path.advance(to: index, of: chain, effect)
    }
    if toTheEnd { path.finish() }
    return path.steps.map { "\($0.chain.name):\($0.index)\($0.verdict == nil ? "" : "!")" }.joined(
      separator: " ")
  }

  @Test func nothingMatches() throws {
    #expect(try Self.path([]) == "INPUT:1 INPUT:2 INPUT:3 INPUT:4")
    #expect(try Self.path([], toTheEnd: false).isEmpty)
  }

  @Test func whatEndsTheVisitIsTheLast() throws {
    for effect in [KernelVerdict.accept, .drop, .other("queued")] {
      #expect(try Self.path([("INPUT", 2, effect)]) == "INPUT:1 INPUT:2!")
    }
    #expect(try Self.path([("INPUT", 3, .return)]) == "INPUT:1 INPUT:2 INPUT:3!")
    #expect(try Self.path([("INPUT", 1, .continue), ("INPUT", 3, .drop)]) == "INPUT:1! INPUT:2 INPUT:3!")
  }

  @Test func aChainThatIsCalledIsTriedToItsEnd() throws {
    #expect(
      try Self.path([("INPUT", 1, .jump("a")), ("INPUT", 4, .accept)])
        == "INPUT:1! a:1 a:2 a:3 INPUT:2 INPUT:3 INPUT:4!")
    #expect(
      try Self.path([("INPUT", 2, .jump("a")), ("a", 2, .jump("b")), ("a", 3, .return)])
        == "INPUT:1 INPUT:2! a:1 a:2! b:1 b:2 a:3! INPUT:3 INPUT:4")
  }

  @Test func goingElsewhereDoesNotComeBack() throws {
    #expect(
      try Self.path([("INPUT", 1, .jump("a")), ("a", 1, .goto("b")), ("INPUT", 2, .drop)])
        == "INPUT:1! a:1! b:1 b:2 INPUT:2!")
    #expect(try Self.path([("INPUT", 1, .goto("b"))]) == "INPUT:1! b:1 b:2")
  }

  /// The same chain, called twice.
  @Test func aRuleThatStandsBeforeIsOfAnotherCall() throws {
    #expect(
      try Self.path([
        ("INPUT", 1, .jump("b")), ("b", 2, .continue), ("INPUT", 2, .jump("b")), ("b", 1, .accept),
      ])
        == "INPUT:1! b:1 b:2! INPUT:2! b:1!")
  }

  @Test func aChainWithoutCallerIsTakenAsItIs() throws {
    #expect(try Self.path([("b", 2, .accept)], toTheEnd: false) == "INPUT:1 INPUT:2 INPUT:3 INPUT:4 b:2!")
    #expect(try Self.path([("INPUT", 1, .jump("gone")), ("INPUT", 2, .drop)]) == "INPUT:1! INPUT:2!")
  }
}
