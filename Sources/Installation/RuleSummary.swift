import Intercept

/// Number of rules, of tables and the families they are for: `26 rules in 2 tables, IPv4 and IPv6`.
public struct RuleSummary: Hashable, Sendable {
  /// Rules in the tables of iptables, with the families that have any.
  private let iptables: Count
  private let families: [IPFamily]
  /// Rules in tables of family `inet`.
  private let native: Count
  private let isLegacy: Bool

  fileprivate struct Count: Hashable {
    let rules: Int
    let tables: Int
  }

  init(_ rulesets: [Ruleset], native: [NativeTable] = [], isLegacy: Bool = false) {
    self.init(rulesets, nativeRules: native.map { $0.chains.ruleCount }, isLegacy: isLegacy)
  }

  /// - Parameter nativeRules: the number of rules in each table of family `inet`.
  init(_ rulesets: [Ruleset], nativeRules: [Int], isLegacy: Bool = false) {
    let rulesets = rulesets.filter { !$0.isEmpty }
    families = IPFamily.allCases.filter { family in rulesets.contains { $0.family == family } }
    iptables = Count(
      rules: rulesets.reduce(0) { $0 + $1.ruleCount }, tables: rulesets.reduce(0) { $0 + $1.tables.count })
    native = Count(rules: nativeRules.reduce(0, +), tables: nativeRules.count)
    self.isLegacy = isLegacy
  }
}

extension RuleSummary: CustomStringConvertible {
  public var description: String {
    let parts = parts.map { "\($0.count), \($0.place)" }
    return parts.isEmpty ? "no Istio rules" : parts.joined(separator: "; ")
  }

  /// `26 rules in 2 tables (IPv4 and IPv6)`.
  var parenthesized: String {
    let parts = parts.map { "\($0.count) (\($0.place))" }
    return parts.isEmpty ? "empty chains" : parts.joined(separator: " and ")
  }

  private var parts: [(count: Count, place: String)] {
    var parts: [(Count, String)] = []
    if !families.isEmpty {
      let words = families.map(\.description).joined(separator: " and ")
      parts.append((iptables, isLegacy ? "\(words), iptables-legacy" : words))
    }
    if native.tables > 0 { parts.append((native, "native form")) }
    return parts
  }
}

extension RuleSummary.Count: CustomStringConvertible {
  var description: String {
    "\(rules) \(rules == 1 ? "rule" : "rules") in \(tables) \(tables == 1 ? "table" : "tables")"
  }
}

extension [NativeChain] {
  var ruleCount: Int { reduce(0) { $0 + $1.rules.count } }
}

extension Duration {
  /// In milliseconds, with one decimal: `1.2 ms`.
  var inMilliseconds: String {
    let tenths = Int64(self / .microseconds(100))
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
