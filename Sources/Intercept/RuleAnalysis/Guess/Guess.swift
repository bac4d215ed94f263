public import MeshRules
import NetworkValues
import NftablesModel
public import RuleModel

/// Options and Istio releases that would build given live rules.
public struct Guess: Hashable, Sendable {
  /// The options; `release` is the newest of `releases`.
  public let configuration: Configuration
  /// The releases with the fewest unexplained rules; all of them build the same rules from these options.
  public let releases: ClosedRange<IstioRelease>
  /// True if the rules are in nftables form.
  public private(set) var isNative: Bool
  /// Unexplained differences between the live rules and those that the options build, by family.
  public private(set) var leftovers: [RulesetDiff]
  /// The extensions whose arguments `nft` does not print: the options that these show are not known.
  public let abbreviatedExtensions: Set<String>

  /// Infers the options from the rules, builds the rules of every release and compares them.
  ///
  /// Nil if no family has an `ISTIO_` chain. ``InstalledMesh`` recognises rules that no options build.
  ///
  /// - Parameters:
  ///     - live: the rules of one or both families. A family without `ISTIO_` chains counts as not read.
  ///     - isNative: true if the rules were lifted from the nftables form, in which some of them differ.
  ///     - coverage: the tables and chains that were read.
  ///     - native: Istio's own tables that the rules were lifted from; without any, they are not compared.
  public init?(
    _ live: [Ruleset], isNative: Bool = false, coverage: RuleCoverage = RuleCoverage(),
    native: [NativeTableReading] = []
  ) {
    guard let guess = Guess(rules: live, isNative: isNative, coverage) else { return nil }
    self =
      isNative && !guess.isComplete
      ? guess.orBetter(Guess(rules: live.inIstioForm, isNative: false, coverage)) : guess
    if !isComplete, explains(native) { leftovers = [] }
  }

  /// True if the options build rules that mean the same as Istio's own tables.
  private func explains(_ native: [NativeTableReading]) -> Bool {
    guard !native.isEmpty else { return false }
    let built = RulesetBuilder.build(configuration)
    return FormComparison(
      wanted: built, live: built.map { Ruleset($0.family) }, native: native
    ).isEmpty
  }

  /// The guess, or one in the form of Istio's own program if that leaves fewer differences.
  private func orBetter(_ other: Guess?) -> Guess {
    guard var other, other.leftoverCount < leftoverCount else { return self }
    other.isNative = true
    return other
  }

  private var leftoverCount: Int {
    leftovers.flatMap(\.chains).reduce(0) { $0 + max(1, $1.differences.count) }
  }

  private init?(rules live: [Ruleset], isNative: Bool, _ coverage: RuleCoverage) {
    let rules = InstalledRules(isNative ? live.map(\.withoutOwnerSplits) : live, isNative: isNative)
    guard !rules.families.isEmpty else { return nil }
    let shown = rules.families.map { $0.limited(to: coverage) }
    let owned = shown.map { $0.owned() }
    let completed = InstalledRules(rules.families.map(\.assumingLoopback), isNative: isNative)
    let ranked = EquivalentReleases.all(Configuration(inferredFrom: completed), isNative, coverage).map {
      candidate in
      (candidate: candidate, distance: candidate.distance(to: owned))
    }
    // The newest of equals.
    guard
      let best = ranked.reversed().min(by: { $0.distance < $1.distance })?.candidate.withoutUnseenOptions(
        isNative, coverage, owned)
    else { return nil }
    configuration = best.configuration
    releases = best.releases
    self.isNative = isNative
    leftovers = best.diffs(shown).filter { !$0.isEmpty }
    abbreviatedExtensions = best.abbreviatedExtensions(in: shown)
  }

  /// True if the options explain every rule.
  public var isComplete: Bool { leftovers.isEmpty }
}

extension [Ruleset] {
  /// Rules lifted from tables that Istio's own program has written, which has the same rules there as in its form of
  /// iptables. Tables of IPv4 alone hold rules without an address, which match IPv6 as well: they are left out.
  fileprivate var inIstioForm: [Ruleset] {
    filter { $0.family == .ipv4 || $0.hasAddresses }.map {
      $0.withoutOwnerSplits.withoutSocketConditions.reduced(like: Ruleset($0.family))
    }
  }
}

extension Ruleset {
  /// True if a rule compares an address.
  fileprivate var hasAddresses: Bool {
    tables.contains { table in
      table.chains.contains { chain in
        chain.rules.contains { rule in
          rule.matches.contains {
            if case .source = $0 { true } else if case .destination = $0 { true } else { false }
          }
        }
      }
    }
  }
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
    _ configuration: Configuration, _ isNative: Bool, _ coverage: RuleCoverage
  ) -> [EquivalentReleases] {
    var configuration = configuration
    return IstioRelease.all.reduce(into: []) { candidates, release in
      configuration.release = release
      let last = candidates.last
      let hasNewTraits = last?.configuration.release.traits != release.traits
      let built =
        hasNewTraits ? build(configuration, isNative).map { $0.limited(to: coverage) } : last?.built ?? []
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

  /// The candidate with the default of every option that explains no rule of a part of a rule set.
  func withoutUnseenOptions(
    _ isNative: Bool, _ coverage: RuleCoverage, _ live: [Ruleset]
  ) -> EquivalentReleases {
    guard !coverage.showsWholeTables else { return self }
    return Configuration.resets.reduce(self) { candidate, reset in
      var configuration = candidate.configuration
      reset(&configuration, Configuration())
      let built = Self.build(configuration, isNative).map { $0.limited(to: coverage) }
      let other = EquivalentReleases(configuration, releases, built)
      return other.distance(to: live, in: coverage) <= candidate.distance(to: live, in: coverage)
        ? other : candidate
    }
  }

  func diffs(_ live: [Ruleset]) -> [RulesetDiff] {
    live.compactMap { live in
      built.first { $0.family == live.family }.map { RulesetDiff(wanted: $0, live: live.completed(by: $0)) }
    }
  }

  /// The extensions of which `nft` leaves out arguments that the built rules have.
  func abbreviatedExtensions(in live: [Ruleset]) -> Set<String> {
    live.reduce(into: []) { $0.formUnion($1.abbreviatedExtensions(of: built[$1.family])) }
  }

  /// Number of differences, without rules that may be in a gap of a text.
  func distance(to live: [Ruleset], in coverage: RuleCoverage = RuleCoverage()) -> Int {
    diffs(live).reduce(0) { sum, diff in
      diff.chains.reduce(sum) { sum, chain in
        guard coverage[chain.table, diff.family]?.gaps[chain.chain] != nil else {
          return sum + max(1, chain.differences.count)
        }
        return sum + chain.differences.count { $0.kind != .missing }
      }
    }
  }
}
