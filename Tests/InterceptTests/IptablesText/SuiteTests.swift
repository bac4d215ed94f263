import Foundation
import Intercept
import Testing

/// The rules of iptables' test suite: the files `extensions/*.t` of its sources, in the directory IPTABLES_SUITE. They are
/// not part of this project.
@Suite(.enabled(if: SuiteFile.directory != nil, "IPTABLES_SUITE names no directory"))
struct SuiteTests {
  @Test(arguments: SuiteFile.all) func everyRuleIsReadAsTheSuiteExpects(_ file: SuiteFile) throws {
    for test in file.tests {
      let rule = try? Rule.parsed(test)
      if !test.isAccepted {
        #expect(rule.map(\.isOpaque) ?? true, "\(test) should fail")
      } else if !file.isModelled {
        #expect(rule.map(\.iptablesText).map(test.isKept) == true, "\(test)")
      } else {
        #expect(rule?.iptablesText == test.printed, "\(test)")
        #expect(rule?.isOpaque == test.hasHoles, "\(test)")
      }
    }
  }

  @Test func theSuiteIsThere() {
    let files = SuiteFile.all
    #expect(files.count > 100)
    #expect(files.filter(\.isModelled).flatMap(\.tests).count > 200)
    print("iptables suite: \(Set(files.map(\.name)).count) files")
    print("  of what is modelled:", SuiteFigures(files.filter(\.isModelled)))
    print("  of all else:", SuiteFigures(files.filter { !$0.isModelled }))
  }
}

/// Numbers of the suite's rules by result.
private struct SuiteFigures: CustomStringConvertible {
  var typed = 0
  var opaque = 0
  var refused = 0

  init(_ files: [SuiteFile]) {
    for test in files.flatMap(\.tests) {
      switch (try? Rule.parsed(test))?.isOpaque {
      case false?: typed += 1
      case true?: opaque += 1
      case nil: refused += 1
      }
    }
  }

  var description: String {
    "\(typed + opaque + refused) rules, \(typed) typed, \(opaque) opaque, \(refused) refused"
  }
}

/// A file of the suite for one family.
struct SuiteFile: Sendable, CustomTestStringConvertible {
  let name: String
  let family: IPFamily
  let tests: [SuiteRule]

  var testDescription: String { "\(name) \(family)" }

  static let directory = ProcessInfo.processInfo.environment["IPTABLES_SUITE"]

  static let modelled: Set<String> = [
    "tcp", "udp", "multiport", "owner", "conntrack", "state", "mark", "connmark", "comment", "addrtype",
    "REDIRECT", "MARK", "CONNMARK", "TPROXY", "CT", "standard", "iptables",
  ]

  /// True if everything in the file is modelled.
  var isModelled: Bool {
    let stem = name.split(separator: ".")[0]
    return Self.modelled.contains(stem.split(separator: "_").last.map(String.init) ?? "")
  }

  /// Every file for each of its families; the files of arptables and ebtables have none.
  static let all: [SuiteFile] = {
    guard let directory else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasSuffix(".t") }.sorted().flatMap { name in
      families(of: name).map { family in
        let text = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
        return SuiteFile(name: name, family: family, tests: SuiteRule.all(in: text ?? "", family))
      }
    }
  }()

  private static func families(of name: String) -> [IPFamily] {
    switch name.split(separator: "_")[0] {
    case "libxt", "iptables.t": [.ipv4, .ipv6]
    case "libipt": [.ipv4]
    case "libip6t": [.ipv6]
    default: []
    }
  }
}

/// A rule of the suite in one chain.
struct SuiteRule: Sendable, CustomStringConvertible {
  let family: IPFamily
  let table: String
  let chain: String
  let text: String
  /// The rule as iptables-save prints it, if iptables accepts it.
  let printed: String
  let isAccepted: Bool

  var description: String { "\(family) \(table) -A \(chain) \(text)" }

  /// True if an address has a mask with holes, which is not modelled.
  var hasHoles: Bool { printed.contains("/255.0.") }

  /// True if an opaque rule was kept as written, or as iptables prints it.
  func isKept(_ rule: String) -> Bool { rule == text || rule == printed }

  static func all(in file: String, _ family: IPFamily) -> [SuiteRule] {
    var table = "filter"
    var chains: [Substring] = []
    var rules: [SuiteRule] = []
    for line in file.split(separator: "\n") where !"#@%".contains(line.first ?? "#") {
      if line.hasPrefix("*") {
        table = String(line.dropFirst())
      } else if line.hasPrefix(":") {
        chains = line.dropFirst().split(separator: ",")
      } else {
        rules += chains.map { SuiteRule(line, family, table, String($0)) }
      }
    }
    return rules
  }

  private init(_ line: Substring, _ family: IPFamily, _ table: String, _ chain: String) {
    let fields = line.split(separator: ";", omittingEmptySubsequences: false).map { String($0) }
    self.family = family
    self.table = table
    self.chain = chain
    text = fields[0]
    printed = fields[1] == "=" ? fields[0] : fields[1]
    // Limits of one iptables variant are not syntax errors.
    isAccepted = fields[2] == "OK" || fields.count > 3
  }
}

extension Rule {
  /// The rule of a test case.
  fileprivate static func parsed(_ test: SuiteRule) throws -> Rule {
    let text = "*\(test.table)\n-A \(test.chain) \(test.text)\nCOMMIT\n"
    let rules = try IptablesDump.parse(text, family: test.family).ruleset.tables.flatMap(\.chains).flatMap(
      \.rules)
    return try #require(rules.count == 1 ? rules.first : nil)
  }
}
