public import Intercept
public import Netfilter

/// The rules of one network namespace and the routing that belongs to them, changed together.
public struct Installation: Sendable {
  private let configuration: Configuration
  private let run: RunOptions
  private let backend: any RuleBackend

  public init(_ configuration: Configuration, _ run: RunOptions) {
    self.configuration = configuration
    self.run = run
    backend = run.backend
  }

  /// Installs the rules of the configuration.
  ///
  /// Routing is added before the rules that need it, and removed after the rules that needed it, so that no packet meets
  /// rules without their routes.
  public func apply() throws(InstallationError) -> InstallationReport {
    try backend.namespace.locked { () throws(InstallationError) in
      try refuseDormantTables()
      let wanted = Routing(configuration)
      let old = run.reconciles ? try leftovers() : RemovalPlan()
      let stale = old.routing.subtracting(wanted)
      try routing { () throws(NetlinkError) in try stale.adopt() }
      let added = try routing { () throws(NetlinkError) in try wanted.add() }
      let change = try applyRules(over: added)
      let removed = try routing { () throws(NetlinkError) in try stale.remove() }
      return report(.installed(change, addedRouting: added), old, removed, shadowing)
    }
  }

  /// Removes all rules and routing of interception, whatever options they were installed with.
  public func clean() throws(InstallationError) -> InstallationReport {
    try backend.namespace.locked { () throws(InstallationError) in
      let old = try leftovers()
      try routing { () throws(NetlinkError) in try old.routing.adopt() }
      let change = try backend.clean(RulesetBuilder.build(configuration))
      let removed = try routing { () throws(NetlinkError) in try old.routing.remove() }
      return report(.removed(old, change), old, removed)
    }
  }

  /// Returns what ``clean()`` would remove; changes nothing.
  public func removalPlan() throws(InstallationError) -> RemovalPlan { try leftovers() }

  /// Returns the operations that ``apply()`` would perform on the rules, after the kernel has checked them.
  public func check() throws(InstallationError) -> Plan {
    try backend.check(RulesetBuilder.build(configuration), mode)
  }

  /// Returns the operations that ``apply()`` would perform on the rules.
  public func plan() throws(InstallationError) -> Plan {
    try backend.plan(RulesetBuilder.build(configuration), mode)
  }
}

extension Installation {
  private var mode: InterceptionRules.Mode {
    run.reconciles ? .reconcile : run.forcesApply ? .rewrite : .install
  }

  /// Installs the rules. Routing that was added for them is removed if they are certainly not installed.
  private func applyRules(over added: Routing) throws(InstallationError) -> RuleChange {
    do throws(InstallationError) {
      return try backend.apply(RulesetBuilder.build(configuration), mode)
    } catch {
      if error.changedNothing { _ = try? routing { () throws(NetlinkError) in try added.remove() } }
      throw error
    }
  }

  /// The rules and routing of interception that the namespace holds.
  private func leftovers() throws(InstallationError) -> RemovalPlan {
    let live = try backend.live()
    let marks = live.tproxyMarks.union([.defaultTProxy]).union(configuration.interception.marks)
    let known = RulesetBuilder.build(configuration)
    let routing = try routing { () throws(NetlinkError) in try Routing.read(marks: marks) }
    return RemovalPlan(live, known: known, routing: routing)
  }

  private func routing<Result>(
    _ body: () throws(NetlinkError) -> Result
  ) throws(InstallationError) -> Result {
    try backend.namespace.inside { () throws(InstallationError) in
      try mapError(try body()) { InstallationError.routing(Refusal($0, backend.namespace)) }
    }
  }

  /// Throws if a table that the rules need has no effect.
  private func refuseDormantTables() throws(InstallationError) {
    let needed = RulesetBuilder.build(configuration)
    let dormant = try backend.allTables().tables.filter { table in
      guard table.isDormant else { return false }
      if table.istioName != nil { return run.form == .native }
      guard run.form == .iptablesNFT, let (family, name) = table.iptablesName else { return false }
      return needed.contains { $0.family == family && $0[name] != nil }
    }
    if !dormant.isEmpty { throw .dormant(dormant.map(\.title)) }
  }

  /// The rules of other tables that take connections away from the installed ones, one line each.
  private var shadowing: [String] {
    guard let tables = try? backend.allTables() else { return [] }
    return RulesetBuilder.build(configuration).flatMap { ShadowingRule.all($0, beside: tables) }.map {
      "shadowed by \($0.line)"
    }
  }

  private func report(
    _ result: InstallationReport.Result, _ old: RemovalPlan, _ removed: Routing, _ shadowing: [String] = []
  ) -> InstallationReport {
    let duplicate = backend.duplicate().map { [$0.description] } ?? []
    return InstallationReport(result, removedRouting: removed, warnings: old.warnings + duplicate + shadowing)
  }
}

extension LiveInterception {
  /// Marks that Istio's TPROXY rules set, in either form.
  public var tproxyMarks: Set<Mark> {
    rulesets.reduce(into: native.reduce(into: []) { $0.formUnion($1.tproxyMarks) }) {
      $0.formUnion($1.tproxyMarks)
    }
  }
}

extension Ruleset {
  /// Marks that TPROXY rules of Istio's chains set.
  public var tproxyMarks: Set<Mark> {
    let chains = self[.mangle]?.chains.filter(\.name.isIstio) ?? []
    return Set(
      chains.flatMap(\.rules).compactMap { rule in
        if case .tproxy(let target) = rule.target { target.mark.value } else { nil }
      })
  }
}
