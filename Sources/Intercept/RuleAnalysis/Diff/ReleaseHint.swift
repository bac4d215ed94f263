public import MeshRules
public import RuleModel

/// The release of Istio with whose rules live ones are equal, although they differ from those of the wanted release.
public struct ReleaseHint: Hashable, Sendable {
  /// The newest of these releases.
  public let release: IstioRelease

  /// Builds the rules of every release; nil if those of none are equal, or those of the wanted one are.
  ///
  /// - Parameters:
  ///     - configuration: the options, with the release that the rules differ from.
  ///     - live: the rules of each family that was read.
  ///     - coverage: the tables and chains that were read.
  public init?(_ configuration: Configuration, _ live: [Ruleset], coverage: RuleCoverage = RuleCoverage()) {
    guard live.contains(where: { !$0.isEmpty }) else { return nil }
    func isEqual(_ release: IstioRelease) -> Bool {
      var other = configuration
      other.release = release
      let wanted = RulesetBuilder.build(other).map { $0.limited(to: coverage) }
      return wanted.differences(from: live).allSatisfy(\.isEmpty)
    }
    guard !isEqual(configuration.release), let found = IstioRelease.all.reversed().first(where: isEqual)
    else {
      return nil
    }
    release = found
  }

  /// `with --istio-release 1.19 nothing differs`.
  public var text: String { "with --istio-release \(release) nothing differs" }
}
