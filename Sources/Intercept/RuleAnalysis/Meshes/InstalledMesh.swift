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
  ///     - tables: the tables that were read; nil for all.
  ///     - nftables: the names of all tables of nf_tables, and of their chains.
  public init(
    _ live: [Ruleset], isNative: Bool = false, tables: Set<TableName>? = nil,
    nftables: [String: [String]] = [:]
  ) {
    let found =
      RuleProgram.installed(in: live) + nftables.keys.sorted().compactMap(RuleProgram.init(owningTable:))
    let programs = RuleProgram.allCases.filter(found.contains)
    let mesh = programs.first(where: \.isMesh)
    otherPrograms = programs.filter { $0 != mesh }
    let ambient = AmbientRules(live) ?? AmbientRules(nftables: nftables)
    kind = ambient.map(Kind.init) ?? Self.kind(mesh, live, isNative: isNative, tables)
    summary = InterceptionSummary(kind.isOptionsKnown || kind == .unknown ? [] : live)
    release = mesh.flatMap { live.release(of: $0) }
    unexplained = kind.isOptionsKnown || kind == .unknown ? [] : live.flatMap(\.unexplainedRules)
  }

  private static func kind(
    _ mesh: RuleProgram?, _ live: [Ruleset], isNative: Bool, _ tables: Set<TableName>?
  ) -> Kind {
    guard let mesh else { return .unknown }
    guard mesh == .istio else { return .other(mesh) }
    let early = EarlySidecar(live)
    if let early, !early.isBuildable { return .earlySidecar(releases: early.rawValue) }
    return Guess(live, isNative: isNative, tables: tables).map { .sidecar($0, early: early?.rawValue) }
      ?? .unknown
  }

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

extension [Ruleset] {
  private var rules: [Rule] { flatMap(\.tables).flatMap(\.chains).flatMap(\.rules) }

  private var comments: [String] {
    rules.flatMap(\.matches).compactMap { if case .comment(let comment) = $0 { comment.text } else { nil } }
  }

  /// Linkerd's comments end in the time of the run up to v2.3; Kuma's rules have comments from 2.9 on.
  fileprivate func release(of mesh: RuleProgram) -> String? {
    switch mesh {
    case .linkerd:
      let own = comments.filter { $0.hasPrefix("proxy-init/") }
      guard !own.isEmpty else { return nil }
      return own.contains { $0.split(separator: "/").last?.allSatisfy(\.isNumber) == true }
        ? "up to v2.3" : "v2.4 or newer"
    case .kuma:
      return comments.contains { $0.hasPrefix("kuma/") } ? "2.9 or newer" : "up to 2.8, or without comments"
    case .istio, .consul, .openServiceMesh, .appMesh, .serviceConnect, .cilium, .calico, .kubeProxy, .kubelet,
      .docker, .firewalld, .cniPortmap, .flannel, .weave, .antrea, .netavark, .libvirt, .ufw, .tailscale,
      .fail2ban:
      return nil
    }
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
    case .redirect, .tproxy, .return, .accept: table == .nat || table == .mangle
    case .ct: table == .raw
    case .mark, .connmark: table == .mangle
    case .drop, .none: false
    case .opaque(let target): table == .nat && target.text.hasPrefix("DNAT ")
    }
  }
}
