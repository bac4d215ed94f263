public import MeshRules
import NftablesModel
public import RuleModel

/// Options and Istio releases that would build given live rules.
public struct Guess: Hashable, Sendable {
  /// The options; `release` is the newest of `releases`.
  public let configuration: Configuration
  /// The releases with the fewest unexplained rules; all of them build the same rules from these options.
  public let releases: ClosedRange<IstioRelease>
  /// True if the rules are in nftables form.
  public let isNative: Bool
  /// Unexplained differences between the live rules and those that the options build, by family.
  public let leftovers: [RulesetDiff]

  /// Infers the options from the rules, builds the rules of every release and compares them.
  ///
  /// Nil if no family has an `ISTIO_` chain, and for rules of ambient mode or of a sidecar before 1.7, which no
  /// options build.
  ///
  /// - Parameters:
  ///     - live: the rules of one or both families. A family without `ISTIO_` chains counts as not read.
  ///     - isNative: true if the rules were lifted from the nftables form, in which some of them differ.
  ///     - tables: the tables that were read; nil for all.
  public init?(_ live: [Ruleset], isNative: Bool = false, tables: Set<TableName>? = nil) {
    let rules = InstalledRules(isNative ? live.map(\.withoutOwnerSplits) : live, isNative: isNative)
    guard !rules.families.isEmpty, AmbientRules(live) == nil, EarlySidecar(live)?.isBuildable != false else {
      return nil
    }
    let owned = rules.families.map { $0.owned() }
    let completed = InstalledRules(rules.families.map(\.assumingLoopback), isNative: isNative)
    let ranked = EquivalentReleases.all(Configuration(inferredFrom: completed), isNative, tables).map {
      candidate in
      (candidate: candidate, distance: candidate.distance(to: owned))
    }
    // The newest of equals.
    guard let best = ranked.reversed().min(by: { $0.distance < $1.distance })?.candidate else { return nil }
    configuration = best.configuration
    releases = best.releases
    self.isNative = isNative
    leftovers = best.diffs(rules.families).filter { !$0.isEmpty }
  }

  /// True if the options explain every rule.
  public var isComplete: Bool { leftovers.isEmpty }
}

/// Consecutive releases that build the same rules from a configuration.
private struct EquivalentReleases {
  /// The configuration, with the newest of the releases.
  let configuration: Configuration
  let releases: ClosedRange<IstioRelease>
  private let built: [Ruleset]

  private init(_ configuration: Configuration, _ releases: ClosedRange<IstioRelease>, _ built: [Ruleset]) {
    (self.configuration, self.releases, self.built) = (configuration, releases, built)
  }

  /// The distinct rule sets of all releases, oldest first.
  static func all(
    _ configuration: Configuration, _ isNative: Bool, _ tables: Set<TableName>?
  ) -> [EquivalentReleases] {
    var configuration = configuration
    return IstioRelease.all.reduce(into: []) { candidates, release in
      configuration.release = release
      let last = candidates.last
      let hasNewTraits = last?.configuration.release.traits != release.traits
      let built =
        hasNewTraits ? build(configuration, isNative).map { $0.limited(to: tables) } : last?.built ?? []
      let oldest = last.flatMap { $0.built == built ? $0.releases.lowerBound : nil } ?? release
      if oldest != release { candidates.removeLast() }
      candidates.append(EquivalentReleases(configuration, oldest...release, built))
    }
  }

  private static func build(_ configuration: Configuration, _ isNative: Bool) -> [Ruleset] {
    let rulesets = RulesetBuilder.build(configuration)
    guard isNative, let native = try? NativeRuleset(lowering: rulesets) else { return rulesets }
    return rulesets.map { Ruleset(lifting: native, $0.family).withoutOwnerSplits }
  }

  func diffs(_ live: [Ruleset]) -> [RulesetDiff] {
    live.compactMap { live in
      built.first { $0.family == live.family }.map { RulesetDiff(wanted: $0, live: live) }
    }
  }

  /// Number of differences.
  func distance(to live: [Ruleset]) -> Int {
    diffs(live).flatMap(\.chains).reduce(0) { $0 + max(1, $1.differences.count) }
  }
}
