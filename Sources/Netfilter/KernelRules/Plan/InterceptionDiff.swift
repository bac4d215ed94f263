public import Intercept
import NFTables
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
  /// Tables with wanted or Istio's rules that have no effect (NFT_TABLE_F_DORMANT).
  public private(set) var dormant: [String] = []
  /// The differences of the routing that belongs to the rules; none for rules of a text.
  public var routing = RoutingDiff.none

  public init(
    rulesets: [RulesetDiff], native: NativeDiff = NativeDiff(wanted: NativeRuleset(), live: [])
  ) {
    self.rulesets = rulesets
    self.native = native
  }

  /// - Parameters:
  ///   - comparison: the differences of the rules in either form.
  ///   - dormant: tables of those rules that have no effect.
  public init(_ comparison: FormComparison, dormant: [String] = []) {
    self.init(rulesets: comparison.rulesets, native: comparison.native)
    self.dormant = dormant
  }

  init(wanted: WantedRules, live: LiveInterception) {
    self.init(
      rulesets: live.rulesets.map { RulesetDiff(wanted: wanted[$0.family], live: $0) },
      native: NativeDiff(wanted: wanted.native, live: live.native))
    dormant = live.dormant
  }

  /// True if there are no differences.
  public var isEmpty: Bool {
    native.isEmpty && shadowing.isEmpty && rulesets.allSatisfy(\.isEmpty) && dormant.isEmpty
      && routing.isEmpty
  }

  /// True if the live rules of Istio are the wanted ones, in any spelling; foreign rules may shadow them.
  public var isInstalled: Bool {
    native.isEmpty && rulesets.allSatisfy(\.isInstalled)
  }
}

extension InterceptionDiff {
  /// The differences as text, family by family, then those of the native form and of the routing; empty if there are
  /// none.
  public func text(_ style: TextStyle = .plain) -> String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\n\($0.text(style))" }
    let others = [
      ("native form", native.isEmpty ? "" : native.text(style)), ("tables", dormantText(style)),
      ("other tables", shadowing.map { "! \($0.line)\n" }.joined()), ("routing", routing.text(style)),
    ]
    return (families + others.filter { !$0.1.isEmpty }.map { "\($0.0)\n\n\($0.1)" }).joined(separator: "\n")
  }

  private func dormantText(_ style: TextStyle = .plain) -> String {
    dormant.map {
      "! table \($0) is dormant: none of its rules has an effect".coloured(.red, style) + "\n"
    }.joined()
  }

  /// The number of differences, one line per family, one for the native form and one for the routing; empty if there
  /// are none.
  public var summaries: [String] {
    let families = rulesets.compactMap { diff in diff.summary.map { "\(diff.family): \($0)" } }
    let others = [
      ("native form", native.summary), ("tables", dormant.isEmpty ? nil : "\(dormant.count) dormant"),
      (
        "other tables",
        shadowing.isEmpty
          ? nil
          : shadowing.count == 1
            ? "1 rule shadows the wanted ones" : "\(shadowing.count) rules shadow the wanted ones"
      ),
      ("routing", routing.summary),
    ]
    return families + others.compactMap { name, summary in summary.map { "\(name): \($0)" } }
  }
}

extension InterceptionDiff: CustomStringConvertible {
  /// The differences for an error message, each part under a heading.
  public var description: String {
    let families = rulesets.filter { !$0.isEmpty }.map { "\($0.family)\n\($0.text())" }
    let others =
      (native.isEmpty ? [] : ["native form\n\(native.text())"]) + (dormant.isEmpty ? [] : [dormantText()])
    return (families + others).joined(separator: "\n")
  }
}

extension InterceptionDiff: Encodable {
  /// Encodes an array: an object per family and, if it has differences, one for the native form.
  public func encode(to encoder: any Encoder) throws {
    var array = encoder.unkeyedContainer()
    for diff in rulesets { try array.encode(diff) }
    if !native.isEmpty { try array.encode(native) }
  }
}

/// The live rules of a namespace in both backends.
public struct LiveInterception: Hashable, Sendable {
  /// The rules of both families that iptables-nft or iptables-legacy shows, with foreign ones.
  public let rulesets: [Ruleset]
  /// The tables in nftables form.
  public let native: [NativeTableReading]
  /// Tables of iptables-nft whose rules have no effect (NFT_TABLE_F_DORMANT), in `nft` syntax.
  public let dormant: [String]

  public init(rulesets: [Ruleset], native: [NativeTableReading] = [], dormant: [String] = []) {
    self.rulesets = rulesets
    self.native = native
    self.dormant = dormant
  }

  package init(_ live: LiveRules) {
    self.init(
      rulesets: IPFamily.allCases.map { live[$0] }, native: live.nativeTables.map(\.reading),
      dormant: live.tables.filter { $0.raw.isDormant && !$0.chains.isEmpty }.map(\.raw.label))
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
