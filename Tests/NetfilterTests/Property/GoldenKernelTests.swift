import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// The rules after a text of golden/ was restored, read in two ways with the same result: as the text that
/// iptables prints, and over netlink.
@Suite(.enabled(if: canUseKernel))
struct GoldenKernelTests {
  @Test func everyTextComesBackByBothWays() throws {
    let texts = try GoldenText.all()
    // Many cases have the same rules, so that there are far fewer texts than files.
    #expect(texts.count > 120)
    #expect(texts.contains { $0.family == .ipv6 })
    try withNamespace { for text in texts { try Self.check(text) } }
  }

  private static func check(_ golden: GoldenText) throws {
    let family = golden.family
    let expected = try IptablesDump.parse(golden.text, family: family).ruleset
    try run("nft", "flush", "ruleset")
    try Iptables.restore(golden.text, family)
    let saved = try run(Iptables.command(family, "-save"))
    #expect(try IptablesDump.parse(saved, family: family).ruleset == expected, "\(golden.name)\n\(saved)")
    let live = try InterceptionRules().live().rulesets
    #expect(live.first { $0.family == family } == expected, "\(golden.name)\n\(saved)")
    #expect(live.allSatisfy { $0.family == family || $0.isEmpty }, "\(golden.name)")
  }
}

/// The rules of one family in a file of golden/.
private struct GoldenText: Hashable {
  let name: String
  let family: IPFamily
  let text: String

  static func == (left: GoldenText, right: GoldenText) -> Bool {
    left.family == right.family && left.text == right.text
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(family)
    hasher.combine(text)
  }

  /// All texts, without repetitions.
  static func all() throws -> Set<GoldenText> {
    let published = "golden/documented-dump/published.iptables-save"
    let first = GoldenText(name: published, family: .ipv4, text: try Repository.text(published))
    return try GoldenFile.all.reduce(into: [first]) { texts, file in
      let text = try file.text()
      if let family = file.family {
        texts.insert(GoldenText(name: file.path, family: family, text: text))
      } else if file.ending == "restore" {
        texts.formUnion(parts(file.path, text))
      }
    }
  }

  /// The input for iptables-restore and that for ip6tables-restore, which begins where the first table is repeated.
  private static func parts(_ name: String, _ text: String) -> [GoldenText] {
    let first = text.prefix { $0 != "\n" } + "\n"
    let parts = text.dropFirst(first.count).split(separator: first, maxSplits: 1).map { first + $0 }
    return zip(IPFamily.allCases, parts).map { GoldenText(name: name, family: $0, text: String($1)) }
  }
}
