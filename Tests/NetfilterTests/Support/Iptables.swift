import Intercept
import Netfilter
import TestSupport

/// The commands of iptables-nft, in the calling thread's network namespace.
enum Iptables {
  static func command(_ family: IPFamily, _ suffix: String = "") -> String {
    switch family {
    case .ipv4: "iptables-nft\(suffix)"
    case .ipv6: "ip6tables-nft\(suffix)"
    }
  }

  /// Puts rules beside those that are there, as Istio's program does.
  static func restore(_ rulesets: [Ruleset]) throws {
    for ruleset in rulesets { try restore(ruleset.restoreText(), ruleset.family) }
  }

  static func restore(_ text: String, _ family: IPFamily) throws {
    try run(command(family, "-restore"), "--noflush", input: text)
  }

  /// The output of `iptables-save`, tables in the order of this program, without comments and counters.
  static func save(_ family: IPFamily) throws -> String {
    let lines = try run(command(family, "-save")).split(separator: "\n").filter { !$0.hasPrefix("#") }
    var tables: [Substring: [Substring]] = [:]
    var table: Substring = ""
    for line in lines {
      if line.hasPrefix("*") { table = line.dropFirst() }
      tables[table, default: []].append(line)
    }
    return TableName.allCases.flatMap { tables[$0.rawValue[...]] ?? [] }.map { $0 + "\n" }.joined()
  }

  /// Everything nf_tables holds, with every expression, without handles.
  static func listing() throws -> String {
    // It warns of tables that are iptables', in between.
    let list = "nft --debug=netlink list ruleset 2>/dev/null"
    return try run("sh", "-c", list).split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      let isRuleHead = words.count >= 4 && (words[0] == "ip" || words[0] == "ip6")
      return isRuleHead ? words.prefix(3).joined(separator: " ") : String(line)
    }.joined(separator: "\n")
  }

  /// True if the installed release writes expressions in the order that this program uses.
  static let writesOldOrder: Bool = {
    guard let words = try? run("iptables-nft", "--version").split(separator: " "), words.count > 1 else {
      return false
    }
    let numbers = words[1].drop { !$0.isNumber }.split(separator: ".").compactMap { Int($0) }
    return numbers.lexicographicallyPrecedes([1, 8, 10])
  }()
}
