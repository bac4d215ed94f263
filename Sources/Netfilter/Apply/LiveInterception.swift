public import Intercept

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
