public import RuleModel

/// The mesh whose rules a namespace contains, and what can be read off them.
public struct InstalledMesh: Hashable, Sendable {
  /// The kinds of interception rules.
  public enum Kind: Hashable, Sendable {
    /// Istio's sidecar mode, with the options that build the rules, and the releases before 1.14 that may have
    /// installed them: `1.7-1.12`.
    case sidecar(Guess, early: String?)
    /// Istio's sidecar mode of a release before 1.14, whose rules no options build: `1.5-1.6`.
    case earlySidecar(releases: String)
    /// Istio's ambient mode: the releases, such as `1.29-1.31`, and the side, `pod` or `node`.
    case ambient(releases: String, side: String)
    /// Another mesh.
    case other(RuleProgram)
    /// No known mesh.
    case unknown
  }

  public let kind: Kind
  /// The options that can be read off; without entries for a sidecar whose options are known.
  public let summary: InterceptionSummary
  /// The release of another mesh, as far as the rules show it: `v2.4 or newer`.
  public let release: String?
  /// The other programs with chains in the rules.
  public let otherPrograms: [RuleProgram]
  /// Rules of built-in chains that no known program explains, as `nat OUTPUT: -j ...`.
  public let unexplained: [String]

  /// Identifies the mesh by its chains, and reads its options.
  ///
  /// - Parameters:
  ///     - live: the rules of one or both families.
  ///     - isNative: true if the rules were lifted from the nftables form.
  ///     - coverage: the tables and chains that were read.
  ///     - nftables: the names of all tables of nf_tables, and of their chains.
  ///     - native: Istio's own tables that the rules were lifted from.
  public init(
    _ live: [Ruleset], isNative: Bool = false, coverage: RuleCoverage = RuleCoverage(),
    nftables: [String: [String]] = [:], native: [NativeTableReading] = []
  ) {
    let found =
      RuleProgram.installed(in: live) + nftables.keys.sorted().compactMap(RuleProgram.init(owningTable:))
    let programs = RuleProgram.allCases.filter(found.contains)
    let mesh = programs.first(where: \.isMesh)
    otherPrograms = programs.filter { $0 != mesh }
    let ambient = AmbientRules(live) ?? AmbientRules(nftables: nftables)
    kind =
      ambient.map(Kind.init)
      ?? Self.kind(mesh, live) { Guess(live, isNative: isNative, coverage: coverage, native: native) }
    summary = InterceptionSummary(kind.isOptionsKnown || kind == .unknown ? [] : live)
    release = mesh.flatMap { MeshRelease.text(of: $0, in: live) }
    unexplained = kind.isOptionsKnown || kind == .unknown ? [] : live.flatMap(\.unexplainedRules)
  }

  private static func kind(_ mesh: RuleProgram?, _ live: [Ruleset], _ guess: () -> Guess?) -> Kind {
    guard let mesh else { return .unknown }
    guard mesh == .istio else { return .other(mesh) }
    let early = EarlySidecar(live)
    if let early, !early.isBuildable { return .earlySidecar(releases: early.rawValue) }
    return guess().map { .sidecar($0, early: early?.rawValue) } ?? .unknown
  }

  /// The options of a sidecar's rules; nil for other rules, and for those that no options build.
  public var guess: Guess? { if case .sidecar(let guess, _) = kind { guess } else { nil } }

  /// True if every rule is explained.
  public var isComplete: Bool {
    switch kind {
    case .sidecar(let guess, _): guess.isComplete
    case .earlySidecar, .ambient, .other: unexplained.isEmpty
    case .unknown: false
    }
  }
}

extension InstalledMesh.Kind {
  fileprivate init(_ ambient: AmbientRules) {
    self = .ambient(releases: ambient.releaseText, side: ambient.side.rawValue)
  }

  /// True if options of this program build the rules.
  fileprivate var isOptionsKnown: Bool { if case .sidecar = self { true } else { false } }
}

extension RuleProgram {
  /// The programs with chains or comments in rule sets, meshes first.
  fileprivate static func installed(in families: [Ruleset]) -> [RuleProgram] {
    let chains = families.flatMap(\.tables).flatMap(\.chains)
    let found = Set(chains.compactMap { RuleProgram(owning: $0.name) })
      .union(chains.filter { $0.name.hook != nil }.flatMap(\.rules).compactMap(\.commentingProgram))
    return allCases.filter(found.contains)
  }
}

extension AmbientRules {
  fileprivate var releaseText: String {
    let (first, last) = (releases.lowerBound, releases.upperBound)
    return first == last ? "1.\(first)" : "1.\(first)-1.\(last)"
  }
}

extension Ruleset {
  /// Rules of built-in chains that neither lead to a known program's chain, nor have its comment, nor intercept.
  fileprivate var unexplainedRules: [String] {
    tables.flatMap { table in
      table.chains.filter { $0.name.hook != nil }.flatMap { chain in
        chain.rules.filter { !$0.isExplained(in: table.name) }.map {
          "\(table.name.rawValue) \(chain.name): \($0.iptablesText)"
        }
      }
    }
  }
}

extension Rule {
  fileprivate func isExplained(in table: TableName) -> Bool {
    if commentingProgram != nil || dropsInvalid { return true }
    return switch target {
    case .jump(let chain), .goto(let chain): RuleProgram(owning: chain) != nil
    case .redirect, .tproxy, .return: table == .nat || table == .mangle
    case .ct: table == .raw
    case .mark, .connmark: table == .mangle
    case .drop, .accept: false
    // nft prints nothing for some targets of IPv6; a rule without one has no effect.
    case .none: true
    // nft prints the names of the targets alone: `xt target "CT"`.
    case .opaque(let target):
      switch (table, target.text.prefix { $0 != " " }) {
      case (.nat, "DNAT"), (.raw, "CT"), (.mangle, "TPROXY"): true
      default: false
      }
    }
  }
}
