import Intercept

/// Number of rules, of tables and the families they are for: `26 rules in 2 tables, IPv4 and IPv6`.
public struct RuleSummary: Hashable, Sendable {
  private let parts: [Part]

  /// Rules of one kind: of the tables of iptables, of the native form, or of iptables-legacy.
  fileprivate struct Part: Hashable {
    let rules: Int
    let tables: Int
    /// The families, or the native form.
    let kind: String
    var isLegacy = false
  }

  /// - Parameters:
  ///   - rulesets: the rules in the tables of iptables in nf_tables.
  ///   - nativeRules: the number of rules in each table of the native form.
  ///   - legacy: the rules of iptables-legacy.
  init(_ rulesets: [Ruleset], nativeRules: [Int] = [], legacy: [Ruleset] = []) {
    let native = Part(rules: nativeRules.reduce(0, +), tables: nativeRules.count, kind: "native form")
    parts = [Part(rulesets), native.tables > 0 ? native : nil, Part(legacy, isLegacy: true)].compactMap(
      \.self)
  }
}

extension RuleSummary: CustomStringConvertible {
  public var description: String { words { "\($0.count), \($0.place)" } }

  /// `18 rules in 1 table, IPv4`, where another phrase names iptables-legacy.
  var withoutInterface: String { words { "\($0.count), \($0.kind)" } }

  /// `26 rules in 2 tables (IPv4 and IPv6)`.
  var parenthesized: String {
    let parts = parts.map { "\($0.count) (\($0.place))" }
    return parts.isEmpty ? "empty chains" : parts.joined(separator: " and ")
  }

  private func words(_ word: (Part) -> String) -> String {
    parts.isEmpty ? "no Istio rules" : parts.map(word).joined(separator: "; ")
  }
}

extension RuleSummary.Part {
  /// The rules of the families with any; nil without rules.
  fileprivate init?(_ rulesets: [Ruleset], isLegacy: Bool = false) {
    let rulesets = rulesets.filter { !$0.isEmpty }
    guard !rulesets.isEmpty else { return nil }
    self.init(
      rules: rulesets.reduce(0) { $0 + $1.ruleCount }, tables: rulesets.reduce(0) { $0 + $1.tables.count },
      kind: IPFamily.allCases.filter { !rulesets[$0].isEmpty }.map(\.description).joined(separator: " and "),
      isLegacy: isLegacy)
  }

  fileprivate var count: String {
    let contents = rules == 0 ? "empty chains" : rules == 1 ? "1 rule" : "\(rules) rules"
    return "\(contents) in \(tables) \(tables == 1 ? "table" : "tables")"
  }

  fileprivate var place: String { isLegacy ? "\(kind), \(RuleInterface.legacy)" : kind }
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
