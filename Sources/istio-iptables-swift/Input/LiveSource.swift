import Inspection
import Installation
import Intercept
import Netfilter
import RuleCommands

/// The place where live rules are read: a text or the kernel.
enum LiveSource {
  case text(RulesFile, IPFamily?)
  case kernel(any RuleBackend, RunOptions)

  /// - Parameters:
  ///   - file: a file of rules, `-` for standard input; nil for the kernel.
  ///   - family: the family of the rules in a text; nil for every family.
  init(_ file: String?, family: IPFamily?, table: TableName?, in settings: Settings) throws {
    if let file {
      self = .text(try RulesFile(file, table: table), family)
    } else {
      self = .kernel(try settings.backend(), settings.run)
    }
  }

  /// Rules and their source.
  struct Reading {
    let rulesets: [Ruleset]
    /// The tables that the rules are from; those of the native form are translated to rules of iptables.
    var origin = RuleOrigin.iptablesNFT
    /// All tables of nf_tables, for the rules of other programs.
    var nftables = NftRuleset()
    /// The rules of iptables-legacy.
    var legacy: [Ruleset] = []
    /// The source in a phrase: `dump.txt, IPv4, iptables -S`, or `the kernel's`.
    let source: String
    /// The reason for which a text is incomplete, and its consequences; nil if it seems complete.
    var gap: String?
    /// The tables and chains that a text shows.
    var coverage = RuleCoverage()
    /// The kernel's rules as they were read; nil for a text.
    var live: LiveInterception?
  }

  func read() throws -> Reading {
    switch self {
    case .kernel(let backend, let run):
      let live = try backend.live()
      if live.hasIstioRules { Console.warn(backend.duplicate()) }
      let tables = try backend.allTables()
      tables.warnOfDormantTables()
      let legacy = run.form == .iptablesLegacy ? [] : try backend.legacyRules()
      let source = run.namespace.rulesSource + (legacy.isEmpty ? "" : ", nf_tables and iptables-legacy")
      if live.native.isEmpty {
        return Reading(
          rulesets: live.rulesets,
          origin: run.form == .iptablesLegacy ? .legacy : .iptablesNFT, nftables: tables, legacy: legacy,
          source: source, live: live)
      }
      return Reading(
        rulesets: IPFamily.allCases.map { Ruleset(lifting: live.nativeRules, $0) }, origin: .native,
        nftables: tables, legacy: legacy,
        source: "\(source), native form", live: live)
    case .text(let file, let family): return try file.read(family)
    }
  }
}

extension LiveSource.Reading {
  /// True for rules of the native form, translated to those of iptables.
  var isNative: Bool { origin == .native }

  /// True if iptables-legacy alone has rules of Istio.
  var isInLegacyAlone: Bool {
    !isNative && !rulesets.contains(where: \.hasIstioChains) && legacy.contains(where: \.hasIstioChains)
  }

  /// The rule sets with rules of Istio: those of nf_tables, or of iptables-legacy if it alone has any.
  var interception: [Ruleset] { isInLegacyAlone ? legacy : rulesets }

  /// The mesh that the rules are from.
  var mesh: InstalledMesh {
    InstalledMesh(
      interception, isNative: isNative, coverage: coverage,
      nftables: Dictionary(
        nftables.tables.map { ($0.name, $0.chains.map(\.name)) }, uniquingKeysWith: { $0 + $1 }),
      native: isNative ? live?.native ?? nftables.istioReadings : [])
  }
}

extension NftRuleset {
  /// Istio's own tables.
  var istioReadings: [NativeTableReading] {
    istioTables.tables.map { NativeTableReading(name: $0.name.kernelName, chains: $0.chains) }
  }
}

extension RunOptions.Namespace {
  /// The kernel's rules in this namespace, as a phrase.
  var rulesSource: String {
    switch self {
    case .current: "the kernel's"
    case .path(let name): "the kernel's, namespace \(name)"
    case .process(let pid): "the kernel's, namespace of process \(pid)"
    case .pod(let pod): "the kernel's, namespace of pod \(pod)"
    }
  }
}

extension Settings {
  /// The kernel interface that the options select, in the namespace that they select.
  ///
  /// - Throws: `NamespaceError` if that cannot be opened.
  func backend() throws -> any RuleBackend { run.backend(in: try namespace.open()) }
}
