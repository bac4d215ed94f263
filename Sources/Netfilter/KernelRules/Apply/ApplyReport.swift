public import Intercept

/// What was done, once it has been done and seen to be there.
public struct ApplyReport: Hashable, Sendable {
  /// The operations that were carried out; none if everything was right already.
  public let plan: Plan
  /// The rules that were wanted, as the kernel has them; of families with rules, in the form of iptables-nft.
  public let rulesets: [Ruleset]
  /// Those that were wanted in the native form.
  public let native: NativeRuleset
  /// How many plans were made; more than one if another program changed the rules meanwhile.
  public let attempts: Int
  /// How long it took to read, plan, commit and read back.
  public let duration: Duration

  init(_ plan: Plan, attempts: Int, duration: Duration) {
    (self.plan, self.attempts, self.duration) = (plan, attempts, duration)
    rulesets = plan.wanted.rulesets.filter { !$0.isEmpty }
    native = plan.wanted.native
  }

  public var changedAnything: Bool { !plan.isNothing }
}

extension ApplyReport: CustomStringConvertible {
  /// One line: what is there now, how long it took, and whether it was there before.
  public var description: String {
    let there = "\(InstalledRules(rulesets, native: native)), \(duration.inMilliseconds)"
    return changedAnything ? "done: \(there), verified" : "nothing to do: \(there)"
  }
}

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
