public import MeshRules
import NftablesModel
public import RuleModel

/// The options, and the releases of Istio, that would have given live rules.
public struct Guess: Hashable, Sendable {
  /// The options; `release` is the newest of `releases`.
  public let configuration: Configuration
  /// The releases whose rules explain most; all of them build the same rules from these options.
  public let releases: ClosedRange<IstioRelease>
  /// Whether the rules lie in the native form's tables.
  public let isNative: Bool
  /// What is left unexplained, family by family: how the live rules differ from those that the options give.
  public let leftovers: [RulesetDiff]

  /// Reads the options off the rules, builds every release's rules from them and compares.
  ///
  /// - Parameters:
  ///   - live: the rules of one family or both. A family without anything of Istio's is taken for one
  ///   that was left out. Nil if there is nothing of Istio's at all.
  ///   - isNative: whether the rules were raised from the native form's, which puts some of them otherwise.
  public init?(_ live: [Ruleset], isNative: Bool = false) {
    let rules = LiveRules(isNative ? live.map(\.withoutOwnerSplits) : live, isNative: isNative)
    guard !rules.families.isEmpty else { return nil }
    let ours = rules.families.map { $0.owned() }
    let ranked = Candidate.all(Configuration(readOff: rules), isNative).map { candidate in
      (candidate: candidate, distance: candidate.distance(to: ours))
    }
    // Of equals the newest.
    guard let best = ranked.reversed().min(by: { $0.distance < $1.distance })?.candidate else { return nil }
    configuration = best.configuration
    releases = best.releases
    self.isNative = isNative
    leftovers = best.diffs(rules.families).filter { !$0.isEmpty }
  }

  /// Whether the options explain every rule.
  public var isComplete: Bool { leftovers.isEmpty }
}

/// Releases that build the same rules from a configuration.
private struct Candidate {
  /// With the newest of the releases.
  let configuration: Configuration
  let releases: ClosedRange<IstioRelease>
  private let built: [Ruleset]

  private init(_ configuration: Configuration, _ releases: ClosedRange<IstioRelease>, _ built: [Ruleset]) {
    (self.configuration, self.releases, self.built) = (configuration, releases, built)
  }

  /// The different rule sets that the releases build, oldest first.
  static func all(_ configuration: Configuration, _ isNative: Bool) -> [Candidate] {
    var configuration = configuration
    return IstioRelease.all.reduce(into: []) { candidates, release in
      configuration.release = release
      let last = candidates.last
      let hasNewHabits = last?.configuration.release.traits != release.traits
      let built = hasNewHabits ? build(configuration, isNative) : last?.built ?? []
      let oldest = last.flatMap { $0.built == built ? $0.releases.lowerBound : nil } ?? release
      if oldest != release { candidates.removeLast() }
      candidates.append(Candidate(configuration, oldest...release, built))
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

  /// How many things differ.
  func distance(to live: [Ruleset]) -> Int {
    diffs(live).flatMap(\.chains).reduce(0) { $0 + max(1, $1.differences.count) }
  }
}
