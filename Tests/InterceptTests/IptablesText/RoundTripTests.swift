import Foundation
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
    let files = try Golden.files(ending: ".save")
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let family: IPFamily = file.lastPathComponent.contains("ipv6") ? .ipv6 : .ipv4
      let dump = try IptablesDump.parse(text, family: family)
      #expect(dump.ruleset.saveText() == text, "\(file.path)")
      #expect(dump.notes.isEmpty)
      #expect(dump.rules.filter(\.isOpaque).isEmpty)
    }
    #expect(files.count > 200)
  }

  @Test(arguments: [".restore", ".annotated"])
  func otherGoldenTextsReadAsTheSaveTextsBesideThem(ending: String) throws {
    let files = try Golden.files(ending: ending)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      for family in IPFamily.allCases {
        let save = file.deletingPathExtension().appendingPathExtension("\(family.rawValue).save")
        guard let expected = try? String(contentsOf: save, encoding: .utf8) else { continue }
        #expect(try IptablesDump.parse(text, family: family).ruleset.saveText() == expected, "\(file.path)")
      }
    }
    #expect(files.count >= 10)
  }

  @Test func thePublishedDumpHoldsTheDocumentedRules() throws {
    let file = Golden.directory.appending(path: "documented-dump/published.iptables-save")
    let dump = try IptablesDump.parse(String(contentsOf: file, encoding: .utf8), family: .ipv4)
    #expect(dump.rules.count == 18)
    #expect(dump.chainCounters.count == 8)
    #expect(dump.rules.filter(\.isOpaque).isEmpty)
  }
}

/// The project's golden texts.
enum Golden {
  static let directory = URL(filePath: #filePath).appending(path: "../../../../golden").standardized

  static func files(ending: String) throws -> [URL] {
    let all = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
    return (all?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.path.hasSuffix(ending) }
  }
}

extension Rule {
  /// True if a match or the target is opaque.
  var isOpaque: Bool {
    if case .opaque = target { return true }
    return matches.contains { if case .opaque = $0 { true } else { false } }
  }
}
