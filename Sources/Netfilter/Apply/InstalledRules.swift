import Intercept

/// Rules that are in the kernel now, in words: `26 rules in 2 tables, IPv4 and IPv6`.
struct InstalledRules: CustomStringConvertible {
  /// Of families with rules, in the form of iptables-nft.
  let rulesets: [Ruleset]
  let native: NativeRuleset

  init(_ rulesets: [Ruleset], native: NativeRuleset = NativeRuleset()) {
    self.rulesets = rulesets
    self.native = native
  }

  var description: String {
    switch (ofIptables, ofNativeForm) {
    case (let iptables?, let native?): "\(iptables); \(native)"
    case (let one?, nil), (nil, let one?): one
    case (nil, nil): "no rules of Istio's"
    }
  }

  private var ofIptables: String? {
    guard let first = rulesets.first else { return nil }
    let tables = rulesets.reduce(0) { $0 + $1.tables.count }
    let families = rulesets.dropFirst().reduce("\(first.family)") { "\($0) and \($1.family)" }
    return Self.words(rules: rulesets.reduce(0) { $0 + $1.ruleCount }, tables: tables) + ", \(families)"
  }

  private var ofNativeForm: String? {
    guard !native.isEmpty else { return nil }
    return Self.words(rules: native.ruleCount, tables: native.tables.count) + " of the native form"
  }

  private static func words(rules: Int, tables: Int) -> String {
    "\(rules) \(rules == 1 ? "rule" : "rules") in \(tables) \(tables == 1 ? "table" : "tables")"
  }
}

extension Duration {
  /// In milliseconds, with one decimal: `1.2 ms`.
  var inMilliseconds: String {
    let tenths = Int64(self / .microseconds(100))
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}
