import Intercept
import Netfilter

/// Rules and routing of one namespace: put there and taken away together.
struct Installation {
  private let configuration: Configuration
  private let run: RunOptions
  private let rules: RuleStore

  init(_ settings: Settings) {
    configuration = settings.configuration
    run = settings.run
    rules = RuleStore(settings.run)
  }

  /// Puts in what the configuration wants.
  ///
  /// Routing comes before the rules that need it, and what only the old rules needed goes after them, so that no
  /// packet meets rules without their routes.
  func install() throws -> InstallationReport {
    try rules.namespace.exclusively {
      let wanted = Routing(configuration)
      let old = try run.reconciles ? leftovers() : .none
      try inNamespace { try old.subtracting(wanted).adopt() }
      let added = try inNamespace { try wanted.add() }
      let report = try applyRules(over: added)
      let removed = try inNamespace { try old.subtracting(wanted).remove() }
      DuplicateInstallation.warn(beside: rules)
      return InstallationReport(rules: report, addedRouting: added, removedRouting: removed)
    }
  }

  /// Takes away everything of ours, whatever it was installed with.
  func remove() throws -> InstallationReport {
    try rules.namespace.exclusively {
      let old = try leftovers()
      try inNamespace { try old.adopt() }
      let report = try rules.clean(RulesetBuilder.build(configuration))
      let removed = try inNamespace { try old.remove() }
      DuplicateInstallation.warn(beside: rules)
      return InstallationReport(rules: report, addedRouting: .none, removedRouting: removed)
    }
  }

  /// The rules and the routing that `remove` would remove now.
  func removal() throws -> PlannedRemoval {
    PlannedRemoval(rules: try rules.removal(RulesetBuilder.build(configuration)), routing: try leftovers())
  }

  /// Puts the rules in. Routing that was added for them goes again if they certainly did not get there.
  private func applyRules(over added: Routing) throws -> any CustomStringConvertible {
    do {
      return try rules.apply(RulesetBuilder.build(configuration), mode)
    } catch {
      if error.changedNothing { _ = try? inNamespace { try added.remove() } }
      throw error
    }
  }

  /// Has the kernel check what would be sent, and changes nothing.
  func check() throws -> String {
    let plan = try rules.check(RulesetBuilder.build(configuration), mode)
    return plan.isNothing ? "nothing to do" : "the kernel would take it"
  }

  /// What would be changed now, a line each.
  func plan() throws -> String {
    let plan = try rules.plan(RulesetBuilder.build(configuration), mode)
    return plan.isNothing ? "nothing to do" : plan.description
  }

  private var mode: InterceptionRules.Mode {
    run.reconciles ? .reconcile : run.forcesApply ? .rewrite : .install
  }

  /// The routing that rules of ours in the namespace, whatever their options, brought with them. Warns of what
  /// else was left behind.
  private func leftovers() throws -> Routing {
    let live = try rules.live()
    for ruleset in live.rulesets where Ownership(of: ruleset).hasGuardRails {
      Console.warn(
        "\(ruleset.family): a killed Istio run left its six DROP rules in filter; they are removed")
    }
    let marks = live.tproxyMarks.union([.defaultTProxy])
    return try inNamespace { try Routing.read(marks: marks.union(configuration.interception.marks)) }
  }

  private func inNamespace<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try rules.namespace.run(body)
    } catch let error as NetlinkError {
      throw Refusal(error, rules.namespace)
    }
  }
}

/// What an installation came to.
struct InstallationReport: CustomStringConvertible {
  let rules: any CustomStringConvertible
  let addedRouting: Routing
  let removedRouting: Routing

  var description: String {
    var lines = [rules.description]
    if !addedRouting.isEmpty { lines.append("added \(addedRouting)") }
    if !removedRouting.isEmpty { lines.append("removed \(removedRouting)") }
    return lines.joined(separator: "\n")
  }
}

/// The parts of an installation that a removal would remove.
struct PlannedRemoval {
  let rules: Removal
  let routing: Routing

  /// A line for each rule, chain, table and route.
  var lines: [String] {
    rules.rules + rules.chains + rules.tables + (routing.isEmpty ? [] : ["routing \(routing)"])
  }

  /// The number of each.
  var summary: String {
    guard !lines.isEmpty else { return "no rules of Istio's, nothing would be removed" }
    let parts = [(rules.rules.count, "rule"), (rules.chains.count, "chain"), (rules.tables.count, "table")]
    let counted = parts.map { "\($0) \($1)\($0 == 1 ? "" : "s")" }.joined(separator: ", ")
    return "\(counted)\(routing.isEmpty ? "" : " and routing") would be removed"
  }
}

extension NetworkNamespace {
  init(_ choice: RunOptions.Namespace) {
    switch choice {
    case .current: self = .current
    case .path(let path): self = .path(path)
    case .process(let pid): self = .process(pid)
    }
  }
}

extension LiveInterception {
  /// The marks that rules of Istio's give to packets, in either form.
  var tproxyMarks: Set<Mark> {
    rulesets.reduce(into: native.reduce(into: []) { $0.formUnion($1.tproxyMarks) }) {
      $0.formUnion($1.tproxyMarks)
    }
  }
}

extension Ruleset {
  /// The marks that TPROXY rules of Istio's chains give to packets.
  var tproxyMarks: Set<Mark> {
    let chains = self[.mangle]?.chains.filter(\.name.isIstio) ?? []
    return Set(
      chains.flatMap(\.rules).compactMap { rule in
        if case .tproxy(let target) = rule.target { target.mark.value } else { nil }
      })
  }
}
