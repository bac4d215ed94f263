import Glibc
import InputText
import Inspection
import Installation
import Intercept
import Manifests
import Netfilter
import RuleCommands
import SystemPackage

/// Reads the facts about a pod from its namespace. A fact that cannot be read is named in the result.
struct PodReader {
  private let settings: Settings
  private let namespace: NetworkNamespace

  /// The time for an answer of the readiness endpoint, which a proxy that works gives in milliseconds.
  private static let readinessTime = Duration.milliseconds(500)

  init(_ settings: Settings) throws {
    self.settings = settings
    namespace = try settings.namespace.open()
  }

  /// The rules, sockets, processes, connections and addresses.
  ///
  /// - Throws: `NamespaceError` if the namespace cannot be entered.
  func connectionFacts() throws -> PodFacts {
    var facts = PodFacts()
    readRules(&facts)
    try namespace.run { readNamespace(&facts) }
    return facts
  }

  /// All facts except the answers of ``ask(_:_:)``.
  ///
  /// - Throws: `NamespaceError` if the namespace cannot be entered.
  func facts() throws -> PodFacts {
    var facts = try connectionFacts()
    readNameservers(&facts)
    facts.probes = (settings.pod?.probes ?? []).map {
      PodFacts.Probe("\($0.name) (\($0.path))", port: $0.port)
    }
    findForeignChains(&facts)
    try namespace.run {
      readReadiness(&facts)
      readRoutes(&facts)
    }
    if case .noConnection = facts.readiness { facts.readinessDrops = drops(since: facts) }
    return facts
  }

  /// The rules that have dropped packets since the rules were read.
  private func drops(since facts: PodFacts) -> Set<DroppingRule> {
    var now = PodFacts()
    readRules(&now)
    findForeignChains(&now)
    return DropCounts(now).risen(since: DropCounts(facts))
  }

  private func findForeignChains(_ facts: inout PodFacts) {
    facts.foreignChains = ForeignBaseChain.all(in: facts.tables.tables(beside: facts.origin))
  }

  private func readNameservers(_ facts: inout PodFacts) {
    switch settings.run.namespace {
    case .path: facts.unseen.append("the pod's resolv.conf: a namespace has none; give --pid")
    case .current, .process, .pod:
      facts.nameservers = facts.read("resolv.conf") {
        try Host(settings.namespace).nameservers()
      }
    }
  }

  private func readRules(_ facts: inout PodFacts) {
    let backend = settings.run.backend(in: namespace)
    guard let live = facts.read("the rules", { try backend.live() }) else {
      facts.areRulesKnown = false
      return
    }
    let isNative = live.rulesets.allSatisfy { !$0.hasIstioChains } && !live.native.isEmpty
    facts.origin = isNative ? .native : settings.run.form == .iptablesLegacy ? .legacy : .iptablesNFT
    facts.rulesets =
      isNative ? IPFamily.allCases.map { Ruleset(lifting: live.nativeRules, $0) } : live.rulesets
    facts.duplicate = backend.duplicate()?.description
    if live.native.isEmpty, live.rulesets.allSatisfy({ !$0.hasIstioChains }), facts.duplicate != nil {
      readLegacyRules(&facts)
    }
    if !isNative, !live.native.isEmpty {
      let tables = live.native.map { "table inet \($0.name)" }.joined(separator: ", ")
      facts.duplicate = "the tables of iptables and \(tables) both hold Istio's rules"
    }
    facts.nativeTables = isNative ? live.native : []
    facts.mesh = InstalledMesh(facts.rulesets, isNative: isNative, native: facts.nativeTables)
    readMesh(&facts)
    readOtherRules(&facts, backend)
  }

  /// Names the rules of Istio that the checks are not made for.
  private func readMesh(_ facts: inout PodFacts) {
    switch facts.mesh?.kind {
    case .ambient, .earlySidecar:
      let name = facts.mesh?.name ?? ""
      facts.unseen.append(
        "faults of \(name): its rules are recognised, and the checks are those of newer sidecars")
    case .sidecar, .other, .unknown, nil: break
    }
  }

  /// Reads the rules of nf_tables and of iptables-legacy that are not in the rule sets.
  private func readOtherRules(_ facts: inout PodFacts, _ backend: any RuleBackend) {
    facts.tables = facts.read("the tables of nf_tables") { try backend.allTables() } ?? NftRuleset()
    guard facts.origin != .legacy else { return }
    facts.legacyRulesets = facts.read("the rules of iptables-legacy") { try backend.legacyRules() } ?? []
  }

  /// Reads the rules of iptables-legacy in place of nf_tables', which has none of Istio's.
  private func readLegacyRules(_ facts: inout PodFacts) {
    var run = settings.run
    run.form = .iptablesLegacy
    let backend = run.backend(in: namespace)
    guard let live = facts.read("the rules of iptables-legacy", { try backend.live() }) else { return }
    (facts.rulesets, facts.duplicate, facts.origin) = (live.rulesets, nil, .legacy)
  }

  private func readNamespace(_ facts: inout PodFacts) {
    facts.processes = NamespaceProcesses.read()
    let sockets = facts.read("the sockets") { try NamespaceSockets.read() }
    (facts.listeners, facts.sockets) = (sockets?.listeners ?? [], sockets?.connections ?? [])
    let hidden = facts.listeners.count { $0.processes.isEmpty }
    if hidden > 0 { facts.unseen.append("the processes of \(hidden) listeners: not visible in /proc") }
    if let table = facts.read("the connection-tracking table", { try ConntrackTable.read() }) {
      facts.entries = table.entries
      facts.usage = table.usage
    }
    let addresses = facts.read("the addresses") { try NamespaceAddresses.readInterfaces() }
    facts.host = addresses?.context(loopbackMarks: []) ?? HostContext()
    readRouting(&facts)
  }

  private func readRouting(_ facts: inout PodFacts) {
    let marks = facts.rulesets.reduce(into: Set([Mark.defaultTProxy])) { $0.formUnion($1.tproxyMarks) }
    let routing = facts.read("the policy rules") { try LiveRouting.read(marks: marks) }
    facts.diversions = routing?.deliveringRules.map { PodFacts.Diversion($0.family, $0.mark) } ?? []
  }

  /// The routes of the outbound connections that the checks judge, and of the address to which the rules redirect.
  private func readRoutes(_ facts: inout PodFacts) {
    let flows = facts.outboundFlows
    do throws(NetlinkError) {
      var routes = try NamespaceRoutes(own: facts.host.ownAddresses)
      for flow in flows {
        for destination in [flow.destination.address, .localhost(flow.destination.address.family)] {
          let query = RouteQuery(flow, to: destination)
          guard facts.routes[query] == nil else { continue }
          facts.routes[query] = facts.read("the route to \(destination)") {
            try routes.answer(flow, to: destination)
          }
        }
      }
    } catch {
      facts.unseen.append("the routes: \(error)")
    }
  }

  /// Asks the proxy's readiness endpoint, if a process listens there.
  private func readReadiness(_ facts: inout PodFacts) {
    guard facts.listeners.contains(where: { $0.port == .envoyReadiness }) else { return }
    let answer = ReadinessProbe(.localhost(.envoyReadiness)).ask(within: Self.readinessTime)
    switch answer {
    case .status(let status, let reason): facts.readiness = .status(status, reason: reason)
    case .silence, .garbage: facts.readiness = .noAnswer(answer.description)
    case .failed(.timedOut): facts.readiness = .noConnection(answer.description)
    case .failed:
      facts.unseen.append("the readiness of the proxy: port \(Port.envoyReadiness): \(answer)")
    }
  }

  /// Reads the proxy's configuration from its administration port.
  ///
  /// - Throws: `CommandError` if it cannot be read.
  func askProxy(_ configuration: Configuration) throws(CommandError) -> Proxy {
    let answer = try attempt {
      try namespace.run { AdminRequest("/config_dump?include_eds").ask(within: .seconds(3)) }
    }
    switch answer {
    case .body(let text):
      let dump = try attempt { try EnvoyDump(text: text) }
      guard !dump.listeners.isEmpty else { throw CommandError("its answer has no listeners") }
      return EnvoyFile.proxy(dump, configuration)
    case .failure(let reason): throw CommandError("port \(Port.envoyAdmin): \(reason)")
    }
  }

  private func attempt<Result>(_ body: () throws -> Result) throws(CommandError) -> Result {
    do {
      return try body()
    } catch {
      throw CommandError(error.inputReason)
    }
  }

  /// Connects to destinations as the proxy's user, whose connections the rules leave alone.
  func ask(_ destinations: [Endpoint], _ facts: inout PodFacts) throws {
    let user = facts.configuration?.proxyUsers.first ?? .defaultProxy
    facts.questions = try namespace.run {
      destinations.map { PodFacts.Question($0, failure: ProxyConnection.failure(to: $0, as: user)) }
    }
    try namespace.run { readRoutes(&facts) }
    if !destinations.isEmpty, geteuid() != 0 {
      facts.unseen.append("connections as the proxy's user: CAP_SETUID is needed")
    }
  }
}

extension PodFacts {
  /// Runs a body; its failure becomes a fact that could not be read.
  fileprivate mutating func read<Fact>(_ what: String, _ body: () throws -> Fact) -> Fact? {
    do {
      return try body()
    } catch {
      unseen.append("\(what): \(error)")
      return nil
    }
  }

  /// True if Istio's own tables mean the same as built rules.
  private func isSame(_ built: [Ruleset]) -> Bool {
    guard !nativeTables.isEmpty else { return false }
    return FormComparison(
      wanted: built, live: built.map { Ruleset($0.family) }, native: nativeTables
    ).isEmpty
  }

  /// Compares the rules with those of a configuration; nil for the guessed one. Rules get their reasons.
  mutating func compare(with wanted: Configuration?) {
    self.wanted = wanted
    let live = rulesets
    let built = (wanted ?? guess?.configuration).map(RulesetBuilder.build) ?? []
    if wanted != nil {
      let families = live.filter { live in built.contains { $0.family == live.family } || live.hasIstioChains
      }
      differences =
        built.isEmpty || isSame(built) ? [] : built.differences(from: families).filter { !$0.isEmpty }
    } else {
      differences = guess?.leftovers ?? []
    }
    rulesets = live.map { ruleset in ruleset.explained(by: built.first { $0.family == ruleset.family }) }
  }
}
