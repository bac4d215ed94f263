import Intercept
import TestSupport
import Testing

/// Printed rules read as the same rules.
@Suite struct RoundTripTests {
  @Test(arguments: 0..<200) func everyRuleReadsAsItWasPrinted(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let family: IPFamily = Bool.random(using: &random) ? .ipv4 : .ipv6
      let rule = Rule.random(family, using: &random)
      #expect(try Rule.parsed(rule.iptablesText, family) == rule, "\(rule.iptablesText)")
    }
  }

  @Test func goldenTextsAreReadAndPrintedUnchanged() throws {
    let files = GoldenFile.all.filter { $0.family != nil }
    for file in files {
      let dump = try IptablesDump.parse(file.text(), family: #require(file.family))
      #expect(try dump.ruleset.saveText() == file.text(), "\(file.path)")
      #expect(dump.notes.isEmpty)
      #expect(dump.rules.filter(\.isOpaque).isEmpty)
    }
    #expect(files.count > 200)
  }

  @Test(arguments: ["restore", "annotated"])
  func otherGoldenTextsReadAsTheSaveTextsBesideThem(ending: String) throws {
    let files = GoldenFile.all.filter { $0.ending == ending }
    for file in files {
      for save in GoldenFile.all(of: file.name) where save.releases == file.releases {
        guard let family = save.family else { continue }
        let dump = try IptablesDump.parse(file.text(), family: family)
        #expect(try dump.ruleset.saveText() == save.text(), "\(file.path)")
      }
    }
    #expect(files.count >= 10)
  }

  @Test func thePublishedDumpHoldsTheDocumentedRules() throws {
    let text = try Repository.text("golden/documented-dump/published.iptables-save")
    let dump = try IptablesDump.parse(text, family: .ipv4)
    #expect(dump.rules.count == 18)
    #expect(dump.chainCounters.count == 8)
    #expect(dump.rules.filter(\.isOpaque).isEmpty)
  }
}

extension Rule {
  /// True if a match or the target is opaque.
  var isOpaque: Bool {
    if case .opaque = target { return true }
    return matches.contains { if case .opaque = $0 { true } else { false } }
  }
}
