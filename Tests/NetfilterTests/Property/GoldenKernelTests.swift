import Foundation
import Intercept
import Netfilter
import Testing

/// What the kernel holds after a text of golden/ was restored is read alike by both ways: as the text that iptables
/// prints, and over netlink.
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

/// Rules of one family, as a file of golden/ has them.
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

  /// All that differ.
  static func all() throws -> Set<GoldenText> {
    let folder = URL(filePath: #filePath).appending(path: "../../../../golden").standardized
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    return try files.reduce(into: []) { texts, name in
      let url = folder.appending(path: name)
      switch url.pathExtension {
      case "save", "iptables-save": texts.insert(try GoldenText(name, url))
      case "restore": texts.formUnion(try parts(name, url))
      default: break
      }
    }
  }

  private init(_ name: String, _ url: URL) throws {
    self.name = name
    family = name.contains(".ipv6.") ? .ipv6 : .ipv4
    text = try String(contentsOf: url, encoding: .utf8)
  }

  private init(name: String, family: IPFamily, text: String) {
    (self.name, self.family, self.text) = (name, family, text)
  }

  /// The input for iptables-restore, and behind it, where the first table comes again, that for ip6tables-restore.
  private static func parts(_ name: String, _ url: URL) throws -> [GoldenText] {
    let text = try String(contentsOf: url, encoding: .utf8)
    let first = text.prefix { $0 != "\n" } + "\n"
    let parts = text.dropFirst(first.count).split(separator: first, maxSplits: 1).map { first + $0 }
    return zip(IPFamily.allCases, parts).map { GoldenText(name: name, family: $0, text: String($1)) }
  }
}
