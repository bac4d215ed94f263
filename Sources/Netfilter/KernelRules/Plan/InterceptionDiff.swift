public import Intercept
public import TextOutput

/// The differences between live and wanted rules in both backends: the wanted one may lack rules, the other should
/// have none.
public struct InterceptionDiff: Hashable, Sendable {
  /// The differences of the iptables-nft backend, for every family.
  public let rulesets: [RulesetDiff]
  /// The differences of the nftables backend.
  public let native: NativeDiff
  /// The rules of other tables that take connections away from the wanted rules.
  public var shadowing: [ShadowingRule] = []

  public init(
    rulesets: [RulesetDiff], native: NativeDiff = NativeDiff(wanted: NativeRuleset(), live: [])
  ) {
    self.rulesets = rulesets
    self.native = native
  }

  init(wanted: WantedRules, live: LiveInterception) {
    self.init(
      rulesets: live.rulesets.map { RulesetDiff(wanted: wanted[$0.family], live: $0) },
      native: NativeDiff(wanted: wanted.native, live: live.native))
  }

  /// True if there are no differences.
  public var isEmpty: Bool { native.isEmpty && shadowing.isEmpty && rulesets.allSatisfy(\.isEmpty) }

  /// True if all Istio rules have the wanted meaning, in any spelling.
  var isLikeNothing: Bool {
    native.isEmpty
      && rulesets.flatMap(\.chains).allSatisfy {
        $0.presence == .present && $0.differences.allSatisfy { $0.kind == .shadowed }
      }
  }
}

extension InterceptionDiff {
  /// The differences as text, family by family, then those of the native form; empty if there are none.
  public func text(_ style: TextStyle = .plain) -> String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\n\($0.text(style))" }
    let others = shadowing.map { "! \($0.line)\n" }
    return
      (families + (native.isEmpty ? [] : ["native form\n\n\(native.text(style))"])
      + (others.isEmpty ? [] : ["other tables\n\n\(others.joined())"])).joined(separator: "\n")
  }

  /// The number of differences, one line per family and one for the native form; empty if there are none.
  public var summaries: [String] {
    let families = rulesets.compactMap { diff in diff.summary.map { "\(diff.family): \($0)" } }
    let others = shadowing.isEmpty ? [] : ["other tables: \(shadowing.count) rules shadow the wanted ones"]
    return families + (native.summary.map { ["native form: \($0)"] } ?? []) + others
  }
}

extension InterceptionDiff: CustomStringConvertible {
  /// The differences for an error message, each part under a heading.
  public var description: String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\($0.text())" }
    return (families + (native.isEmpty ? [] : ["native form\n\(native.text())"])).joined(separator: "\n")
  }
}

extension InterceptionDiff: Encodable {
  /// Encodes an array: an object per family and, if it has differences, one for the native form.
  public func encode(to encoder: any Encoder) throws {
    var array = encoder.unkeyedContainer()
    for diff in rulesets { try array.encode(diff) }
    if !native.isEmpty { try array.encode(native) }
    if !shadowing.isEmpty { try array.encode(ShadowingJSON(rules: shadowing)) }
  }
}

/// The rules of other tables in JSON.
private struct ShadowingJSON: Encodable {
  struct Rule: Encodable {
    let table: String
    let chain: String
    let index: Int
    let rule: String
    let example: String
    let verdict: String
    let wanted: String
  }

  let shadowing: [Rule]

  init(rules: [ShadowingRule]) {
    shadowing = rules.map {
      Rule(
        table: $0.place.table.name, chain: $0.place.chain, index: $0.place.index, rule: $0.text,
        example: $0.example, verdict: $0.verdict.words, wanted: $0.wanted.words)
    }
  }
}

/// The live rules of a namespace in both backends.
public struct LiveInterception: Hashable, Sendable {
  /// The rules of both families that iptables-nft or iptables-legacy shows, with foreign ones.
  public let rulesets: [Ruleset]
  /// The tables in nftables form.
  public let native: [NativeTableReading]

  public init(rulesets: [Ruleset], native: [NativeTableReading] = []) {
    self.rulesets = rulesets
    self.native = native
  }

  package init(_ live: LiveRules) {
    self.init(
      rulesets: IPFamily.allCases.map { live[$0] }, native: live.nativeTables.map(\.reading))
  }

  /// The tables in nftables form that have the names this program uses.
  public var nativeRules: NativeRuleset {
    NativeRuleset(
      tables: native.compactMap { table in
        NativeTableName(rawValue: table.name).map { NativeTable($0, chains: table.chains) }
      })
  }

  /// The rules of a family in the tables of iptables.
  public subscript(family: IPFamily) -> Ruleset { rulesets[family] }
}
