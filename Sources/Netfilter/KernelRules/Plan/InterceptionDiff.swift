public import Intercept

/// In what live rules differ from the wanted ones, in both forms: of the one that is wanted rules may be missing, of
/// the other none should be there.
public struct InterceptionDiff: Hashable, Sendable {
  /// The rules in the form of iptables-nft; of every family, also where nothing differs.
  public let rulesets: [RulesetDiff]
  /// The tables of the native form.
  public let native: NativeDiff

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

  /// Whether nothing differs.
  public var isEmpty: Bool { native.isEmpty && rulesets.allSatisfy(\.isEmpty) }

  /// Whether all rules of ours mean what they should, however they are written.
  var isLikeNothing: Bool {
    native.isEmpty
      && rulesets.flatMap(\.chains).allSatisfy {
        $0.presence == .present && $0.differences.allSatisfy { $0.kind == .shadowed }
      }
  }
}

extension InterceptionDiff {
  /// The differences for people, family by family, then those of the native form; empty where nothing differs.
  public func text(_ style: RulesetDiff.Style = .plain) -> String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\n\($0.text(style))" }
    return (families + (native.isEmpty ? [] : ["native form\n\n\(native.text(style))"])).joined(
      separator: "\n")
  }

  /// How many differences there are, a line per family and one for the native form; none where nothing differs.
  public var summaries: [String] {
    let families = rulesets.compactMap { diff in diff.summary.map { "\(diff.family): \($0)" } }
    return families + (native.summary.map { ["native form: \($0)"] } ?? [])
  }
}

extension InterceptionDiff: CustomStringConvertible {
  /// The differences under an error, a heading right above each part.
  public var description: String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\($0.text())" }
    return (families + (native.isEmpty ? [] : ["native form\n\(native.text())"])).joined(separator: "\n")
  }
}

extension InterceptionDiff: Encodable {
  /// Writes an array: an object per family and, where it has anything to say, one for the native form.
  public func encode(to encoder: any Encoder) throws {
    var array = encoder.unkeyedContainer()
    for diff in rulesets { try array.encode(diff) }
    if !native.isEmpty { try array.encode(native) }
  }
}

/// What a namespace has that is of interception, or may be, in either form.
public struct LiveInterception: Hashable, Sendable {
  /// The rules of both families that iptables-nft, or iptables-legacy, would show, foreign ones and all.
  public let rulesets: [Ruleset]
  /// The tables of the native form.
  public let native: [NativeTableReading]

  public init(rulesets: [Ruleset], native: [NativeTableReading] = []) {
    self.rulesets = rulesets
    self.native = native
  }

  init(_ live: LiveRules) {
    self.init(
      rulesets: IPFamily.allCases.map { live[$0] }, native: live.nativeTables.map(\.reading))
  }

  /// The native form's tables, as far as they have the names that this program gives.
  public var nativeRules: NativeRuleset {
    NativeRuleset(
      tables: native.compactMap { table in
        NativeTableName(rawValue: table.name).map { NativeTable($0, chains: table.chains) }
      })
  }

  /// The rules of a family in the tables of iptables.
  public subscript(family: IPFamily) -> Ruleset { rulesets[family] }
}
