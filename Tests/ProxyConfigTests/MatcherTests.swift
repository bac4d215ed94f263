import Intercept
import Testing

/// Selection of filter chains by a matching tree.
@Suite struct MatcherTests {
  private func cluster(
    _ matcher: EnvoyMatcher, from source: String? = "10.9.0.1", default fallback: Bool = true
  )
    -> String
  {
    let chains = ["a", "b", "c"].map { EnvoyFilterChain(name: $0, to: .cluster($0)) }
    let listener = EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15006")], matcher: matcher, filterChains: chains,
      defaultFilterChain: fallback ? .to("default") : nil)
    var connection = EnvoyConnection.on(
      15006, to: "10.0.0.1:80", firstBytes: EnvoyFirstBytes(serverName: "x.y"))
    connection.source = source.flatMap { IPAddress($0) }
    return EnvoyConfiguration(listeners: [listener]).route(connection).word
  }

  @Test(arguments: [
    (EnvoyMatcher.exact(.destinationPort, ["80": .action("a")], otherwise: nil), "a"),
    (.exact(.destinationPort, ["81": .action("a")], otherwise: nil), "default"),
    (.exact(.destinationPort, ["81": .action("a")], otherwise: .action("b")), "b"),
    (.exact(.destinationPort, ["80": .action("none")], otherwise: nil), "closed"),
    (.exact(.serverName, ["x.y": .action("c")], otherwise: nil), "c"),
    (.prefix(.serverName, ["x": .action("a"), "x.": .action("b")], otherwise: nil), "b"),
    (.exact(.sourceType, ["local": .action("c")], otherwise: .action("a")), "a"),
    (.exact(.other("FilterStateInput"), [:], otherwise: .action("a")), "unknown"),
    (.unknown("mine"), "unknown"),
    // A nested tree without a match counts as no match.
    (
      .exact(
        .destinationPort, ["80": .matcher(.exact(.transportProtocol, [:], otherwise: nil))],
        otherwise: .action("b")), "b"
    ),
  ])
  func trees(_ matcher: EnvoyMatcher, _ wanted: String) {
    #expect(cluster(matcher) == wanted)
  }

  private static func blocks(_ text: String, _ chain: String, isExclusive: Bool = false)
    -> EnvoyMatcher.Blocks
  {
    let never = EnvoyMatcher.OnMatch.matcher(.exact(.destinationPort, [:], otherwise: nil))
    return EnvoyMatcher.Blocks(
      [CIDR(text)].compactMap(\.self), chain.isEmpty ? never : .action(chain), isExclusive: isExclusive)
  }

  @Test func theMostSpecificBlock() {
    func tree(_ blocks: EnvoyMatcher.Blocks...) -> EnvoyMatcher {
      .blocks(.destinationAddress, blocks, otherwise: nil)
    }
    let (wide, host) = (Self.blocks("10.0.0.0/8", "a"), Self.blocks("10.0.0.1/32", "b"))
    #expect(cluster(tree(wide, host)) == "b")
    #expect(cluster(tree(Self.blocks("11.0.0.0/8", "a"))) == "default")
    // Without a match of its own the block leaves the choice to a wider one, unless it is exclusive.
    #expect(cluster(tree(wide, Self.blocks("10.0.0.0/24", ""))) == "a")
    #expect(cluster(tree(wide, Self.blocks("10.0.0.0/24", "", isExclusive: true))) == "default")
  }

  @Test func lists() {
    func entry(_ predicate: EnvoyMatcher.Predicate, _ chain: String) -> EnvoyMatcher.Entry {
      EnvoyMatcher.Entry(predicate, .action(chain))
    }
    let isPort80 = EnvoyMatcher.Predicate.value(.destinationPort, EnvoyStringMatch(.exact("80")))
    let isSource = EnvoyMatcher.Predicate.value(.sourceAddress, EnvoyStringMatch(.prefix("10.9.")))
    #expect(cluster(.list([entry(.not(isPort80), "a"), entry(isPort80, "b")], otherwise: nil)) == "b")
    #expect(cluster(.list([entry(.allOf([isPort80, isSource]), "c")], otherwise: nil)) == "c")
    #expect(
      cluster(.list([entry(.anyOf([.not(isPort80), .not(isSource)]), "c")], otherwise: nil)) == "default")
    #expect(cluster(.list([entry(isSource, "c")], otherwise: nil), from: nil) == "unknown")
    #expect(cluster(.list([], otherwise: nil), default: false) == "closed")
  }
}
