import Foundation
import Intercept
import KernelRules
import KernelTestSupport
import NFTables
import TestSupport
import Testing

private let suiteFolder = ProcessInfo.processInfo.environment["NFT_SUITE"]

/// The rules of nftables' own test suite (its folder tests/py, in NFT_SUITE), decoded from the kernel, against the text
/// that `nft` lists.
@Suite(.enabled(if: canUseKernel && suiteFolder != nil, "NFT_SUITE is not set"))
struct NftSuiteTests {
  @Test func noRuleIsPrintedInAnotherWay() throws {
    var count = Count()
    for path in try Self.files() {
      let file = SuiteFile(try String(contentsOfFile: path, encoding: .utf8))
      for table in file.tables { try withNamespace { try Self.compare(file, table, &count) } }
    }
    print("nft-suite: \(count.alike) printed alike, \(count.opaque) kept opaque, \(count.wrong.count) wrong")
    count.wrong.forEach { print($0) }
    #expect(count.alike > 0 && count.wrong.isEmpty)
  }

  private struct Count {
    var alike = 0
    var opaque = 0
    var wrong: [String] = []
  }

  private static func files() throws -> [String] {
    let folder = try #require(suiteFolder)
    return try ["any", "inet", "ip", "ip6"].flatMap { family in
      try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(family)").filter { $0.hasSuffix(".t") }
        .sorted().map { "\(folder)/\(family)/\($0)" }
    }
  }

  /// Adds every rule that this release of `nft` accepts, and compares the two texts of each.
  private static func compare(_ file: SuiteFile, _ table: SuiteFile.Table, _ count: inout Count) throws {
    guard let family = NftFamily(rawValue: table.family) else { return }
    let chains = file.chains.filter { table.chains.contains($0.name) }
    let definitions = chains.map { "chain \($0.name) { \($0.base); }" }.joined(separator: "\n")
    do {
      try run("nft", "-f", "-", input: "table \(table.family) \(table.name) {\n\(definitions)\n}\n")
    } catch is ProgramFailure {
      return
    }
    guard let chain = chains.first?.name else { return }
    for rule in file.rules {
      _ = try? run("nft", "-f", "-", input: "add rule \(table.family) \(table.name) \(chain) \(rule)\n")
    }
    let listed = try NftRuleset(listing: try run("nft", "-s", "list", "ruleset"))
    var connection = try KernelConnection.open()
    let live = try connection.nftRuleset()
    let pairs = [live, listed].map { $0[family, table.name]?[chain: chain]?.rules ?? [] }
    #expect(pairs[0].count == pairs[1].count)
    for (one, other) in zip(pairs[0], pairs[1]) {
      if one.text == other.text {
        count.alike += 1
      } else if one.isOpaque {
        count.opaque += 1
      } else {
        count.wrong.append("\(table.family): \(one.text)\n  nft: \(other.text)")
      }
    }
  }
}

/// A file of the suite: chains, tables and the rules that are valid.
private struct SuiteFile {
  struct Table {
    let family: String
    let name: String
    let chains: [String]
  }

  let chains: [(name: String, base: String)]
  let tables: [Table]
  let rules: [String]

  init(_ text: String) {
    var chains: [(name: String, base: String)] = []
    var tables: [Table] = []
    var rules: [String] = []
    for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      let fields = line.dropFirst().components(separatedBy: ";")
      switch line.first {
      case ":" where fields.count > 1: chains.append((fields[0], fields[1...].joined(separator: ";")))
      case "*" where fields.count > 2:
        tables.append(
          Table(family: fields[0], name: fields[1], chains: fields[2].components(separatedBy: ",")))
      case "#", "!", "?", "%", "-", ":", "*", nil: break
      default:
        let parts = line.components(separatedBy: ";")
        if parts.count > 1, parts[1] == "ok" { rules.append(parts[0]) }
      }
    }
    (self.chains, self.tables, self.rules) = (chains, tables, rules)
  }
}

extension NftRule {
  /// True if a part is not modelled.
  fileprivate var isOpaque: Bool {
    parts.contains { part in
      switch part {
      case .match(let match): match.keys.contains { if case .opaque = $0 { true } else { false } }
      case .statement(.opaque), .statement(.dnat(.opaque)), .statement(.snat(.opaque)): true
      case .statement, .iptables: false
      }
    }
  }
}
