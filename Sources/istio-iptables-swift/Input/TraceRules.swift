import InputText
import Inspection
import Installation
import Intercept
import Manifests
import Netfilter
import RuleCommands

/// The rules of a trace: built from options, read from a text, or read from the kernel.
struct TraceRules {
  private let settings: Settings
  private let source: Source
  private var tracers: [IPFamily: Tracer] = [:]

  private enum Source {
    case options
    /// A text of rules of either family.
    case text(RulesFile)
    case kernel(LiveSource.Reading, NamespaceAddresses, [Routing.Diversion], DeliveryNotes)
  }

  /// The source of each family's rules in a phrase, for the answer.
  private(set) var sources: [IPFamily: String] = [:]
  /// The rules of each family, with their reasons.
  private(set) var rulesets: [IPFamily: Ruleset] = [:]

  init(_ settings: Settings, ruleset: String?, table: TableName?, isLive: Bool) throws {
    self.settings = settings
    switch ruleset {
    case nil where isLive: source = try Self.kernel(settings)
    case nil: source = .options
    case let path?: source = .text(try RulesFile(path, table: table))
    }
  }

  mutating func trace(_ flow: Flow) throws -> Trace {
    let tracer = try tracer(flow.destination.address.family)
    guard case .kernel(_, let addresses, _, _) = source, flow.direction == .outbound, flow.interface == nil
    else {
      return tracer.trace(flow)
    }
    return try settings.namespace.open().run {
      var routes = try NamespaceRoutes(own: addresses.addresses)
      return try tracer.trace(flow) { try routes.answer(flow, to: $0) }
    }
  }

  /// Follows a connection through the rules, and on through the proxy if its listeners are known.
  mutating func follow(_ described: DescribedFlow, _ proxy: Proxy?) throws -> TracedFlow {
    var traced = try TracedFlow(described, proxy) { try trace($0) }
    guard case .kernel(_, _, _, let notes) = source, let trace = traced.trace else { return traced }
    traced.delivery = notes.delivery(trace)
    traced.notes = notes.sender(trace.flow)
    return traced
  }

  /// The tracer for the rules of a family; built once.
  private mutating func tracer(_ family: IPFamily) throws -> Tracer {
    if let tracer = tracers[family] { return tracer }
    let hasRules = settings.pod?.noRules == nil
    let built = hasRules ? RulesetBuilder.build(settings.configuration).first { $0.family == family } : nil
    var surroundings = HostContext(loopbackMarks: settings.configuration.loopbackMarks)
    surroundings.ownAddresses += settings.pod?.addresses ?? []
    let rules: Ruleset
    var tables = NftRuleset()
    var legacy: Ruleset?
    var origin = RuleOrigin.iptablesNFT
    var coverage = RuleCoverage()
    switch source {
    case .options:
      rules = built ?? Ruleset(family)
      sources[family] = "built from \(settings.ruleOptions)"
    case .text(let file):
      let reading = try file.read(family)
      (rules, tables) = (reading.rulesets[family], reading.nftables)
      (origin, coverage) = (reading.origin, reading.coverage)
      sources[family] = reading.source
      // A dump has no policy routes; those that its TPROXY rules need are assumed.
      surroundings.loopbackMarks += rules.tproxyMarks.map { MaskedMark($0) }
    case .kernel(let live, let addresses, let diversions, _):
      (rules, tables) = (live.rulesets[family], live.nftables)
      legacy = live.legacy.first { $0.family == family }
      origin = live.origin
      sources[family] = live.source
      let marks = diversions.filter { $0.family == family }.map { MaskedMark($0.mark) }
      surroundings = addresses.context(loopbackMarks: marks)
    }
    // Without options, a guess explains the rules.
    let wanted = settings.selectsRules ? built : nil
    let explained = Self.explained(rules, by: wanted, coverage).markingUnlistedRules(coverage)
    rulesets[family] = explained
    let tracer = Tracer(
      explained, of: origin, beside: tables, legacy: legacy.map { Self.explained($0, by: wanted) },
      in: surroundings)
    tracers[family] = tracer
    return tracer
  }

  /// Rules with their reasons: those of the options, else those of options that a guess finds.
  static func explained(
    _ rules: Ruleset, by built: Ruleset?, _ coverage: RuleCoverage = RuleCoverage()
  ) -> Ruleset {
    let rules = rules.explained(by: built)
    // Guessing is slow, and useless if every rule has a reason.
    guard rules.tables.contains(where: { $0.chains.contains { $0.rules.contains { $0.reason == nil } } })
    else {
      return rules
    }
    let guessed =
      InstalledMesh([rules], coverage: coverage).guess.map { RulesetBuilder.build($0.configuration) } ?? []
    return rules.explained(by: guessed.first { $0.family == rules.family })
  }

  private static func kernel(_ settings: Settings) throws -> Source {
    let live = try LiveSource(nil, family: nil, table: nil, in: settings).read()
    let marks = (live.rulesets + live.legacy).reduce(into: Set([Mark.defaultTProxy])) {
      $0.formUnion($1.tproxyMarks)
    }
    let configuration =
      settings.selectsRules
      ? settings.configuration : live.mesh.guess?.configuration
    return try settings.namespace.open().run {
      .kernel(
        live, try NamespaceAddresses.readInterfaces(), try LiveRouting.read(marks: marks).deliveringRules,
        DeliveryNotes(
          configuration ?? settings.configuration, try NamespaceListeners.read().sockets,
          NamespaceProcesses.read()))
    }
  }
}
