public import Intercept
public import Netfilter

/// The rules of one network namespace and the routing that belongs to them, changed together.
public struct Installation: Sendable {
  let configuration: Configuration
  let run: RunOptions
  let backend: any RuleBackend

  /// - Parameters:
  ///   - configuration: the configuration of the rules.
  ///   - run: the options of the run.
  ///   - namespace: the namespace to change; the one of the options is ignored.
  public init(_ configuration: Configuration, _ run: RunOptions, in namespace: NetworkNamespace) {
    self.init(configuration, run, run.backend(in: namespace))
  }

  private init(_ configuration: Configuration, _ run: RunOptions, _ backend: any RuleBackend) {
    (self.configuration, self.run, self.backend) = (configuration, run, backend)
  }

  /// The installation whose rules ``clean()`` removes: in every backend, unless the options select one.
  public static func toClean(
    _ configuration: Configuration, _ run: RunOptions, in namespace: NetworkNamespace
  ) -> Installation {
    Installation(configuration, run, run.cleanedBackend(in: namespace))
  }

  /// Installs the rules of the configuration.
  ///
  /// Routing is added before the rules that need it, and removed after the rules that needed it, so that no packet meets
  /// rules without their routes. A failure before the rules are installed leaves the routing as it was.
  public func apply() throws(InstallationError) -> InstallationReport {
    try locked { (lock) throws(InstallationError) in
      let wanted = Routing(configuration)
      let old = run.reconciles ? try leftovers() : RemovalPlan()
      let stale = old.routing.subtracting(wanted)
      let added = try add(wanted)
      if let legacy = rulesInLegacyAlone() {
        return report(.inLegacy(legacy, addedRouting: added), old, .none, lock)
      }
      let change = try undoing(added) { () throws(InstallationError) in
        try routing { () throws(NetlinkError) in try stale.adopt() }
        return try comparingForms { (wanted) throws(InstallationError) in try backend.apply(wanted, mode) }
      }
      let moved = run.reconciles ? try removeFromLegacy() : nil
      let removed = try remove(stale)
      let facts = [
        uncapturedFamily(), change.isFirst && old.isEmpty ? openConnections() : nil,
        run.reconciles ? nil : unusedRouting(besides: wanted),
      ].compactMap(\.self)
      let foreign = RedirectionPorts(configuration, in: backend.namespace)?.foreign ?? []
      let more = change.held.map(\.description) + facts + foreign + (change.isAlone ? [] : shadowing)
      return report(.installed(change, addedRouting: added, moved: moved), old, removed, lock, more)
    }
  }

  /// Removes all rules and routing of interception, whatever options they were installed with.
  public func clean() throws(InstallationError) -> InstallationReport {
    try locked { (lock) throws(InstallationError) in
      let old = try leftovers()
      try routing { () throws(NetlinkError) in try old.routing.adopt() }
      let change = try backend.clean(RulesetBuilder.build(configuration))
      let removed = try remove(old.routing)
      guard change.held.isEmpty else { throw .held(change.held) }
      return report(.removed(old, change), old, removed, lock)
    }
  }

  /// Returns the differences of the rules and the routing of the namespace from those of the configuration.
  ///
  /// - Parameter live: the rules of the namespace; nil to read them.
  public func differences(
    of live: LiveInterception? = nil
  ) throws(InstallationError) -> InterceptionDiff {
    let live = if let live { live } else { try backend.live() }
    var diff = try backend.differences(of: live, from: RulesetBuilder.build(configuration))
    let wanted = Routing(configuration)
    let marks = marks(live)
    diff.routing = try routing { () throws(NetlinkError) in
      try LiveRouting.read(marks: marks, wanted: wanted).differences(from: wanted)
    }
    return diff
  }

  /// Returns what ``clean()`` would remove; changes nothing.
  public func removalPlan() throws(InstallationError) -> RemovalPlan { try leftovers() }

  /// Returns the operations that ``apply()`` would perform on the rules, after the kernel has checked them.
  public func check() throws(InstallationError) -> Plan {
    try comparingForms { (wanted) throws(InstallationError) in try backend.check(wanted, mode) }
  }

  /// Returns the operations that ``apply()`` would perform on the rules.
  public func plan() throws(InstallationError) -> Plan {
    try comparingForms { (wanted) throws(InstallationError) in try backend.plan(wanted, mode) }
  }
}

extension Installation {
  private var mode: InterceptionRules.Mode {
    run.reconciles ? .reconcile : run.forcesApply ? .rewrite : .install
  }

  /// Runs a body with the wanted rules. If it fails because other rules are installed, and those are right in the other
  /// form, the error reports that.
  private func comparingForms<Success>(
    _ body: ([Ruleset]) throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    let wanted = RulesetBuilder.build(configuration)
    do throws(InstallationError) {
      return try body(wanted)
    } catch {
      guard case .nfTables(.plan(.differs)) = error, let live = try? backend.live() else { throw error }
      let comparison = FormComparison(wanted: wanted, live: live.rulesets, native: live.native)
      throw comparison.isEmpty ? .inOtherForm(isNative: comparison.isNative) : error
    }
  }

  /// Adds the missing routing and reads it back.
  ///
  /// - Returns: the parts that were missing.
  private func add(_ wanted: Routing) throws(InstallationError) -> Routing {
    guard !wanted.isEmpty else { return .none }
    let added = try routing { () throws(NetlinkError) in try wanted.add() }
    // Nothing can precede an address that the kernel has acknowledged.
    guard !wanted.diversions.isEmpty else { return added }
    return try undoing(added) { () throws(InstallationError) in
      let live = try routing { () throws(NetlinkError) in
        try LiveRouting.read(marks: configuration.interception.marks, wanted: wanted)
      }
      let diff = live.differences(from: wanted)
      guard diff.isEffective else { throw .routingDiffers(diff) }
      return added
    }
  }

  /// Runs a body. If it fails and the rules are certainly not installed, the routing that was added for them is removed.
  private func undoing<Success>(
    _ added: Routing, _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    do throws(InstallationError) {
      return try body()
    } catch {
      if error.changedNothing { try? routing { () throws(NetlinkError) in try added.undo() } }
      throw error
    }
  }

  /// Removes routing that no rule uses any more.
  private func remove(_ stale: Routing) throws(InstallationError) -> Routing {
    do throws(InstallationError) {
      return try routing { () throws(NetlinkError) in try stale.remove() }
    } catch .routing(let refusal) {
      throw .routingLeft(refusal)
    }
  }

  /// The rules and routing of interception that the namespace holds.
  private func leftovers() throws(InstallationError) -> RemovalPlan {
    let live = try backend.live()
    let marks = marks(live)
    let known = RulesetBuilder.build(configuration)
    // Rules of the other backend need the routing.
    guard backend.duplicate() == nil else { return RemovalPlan(live, known: known) }
    let routing = try routing { () throws(NetlinkError) in try LiveRouting.read(marks: marks).interception }
    return RemovalPlan(live, known: known, routing: routing)
  }

  /// A sentence about policy rules and routes that no rule of the configuration needs; nil without any, or if they
  /// cannot be read.
  private func unusedRouting(besides wanted: Routing) -> String? {
    let marks = configuration.interception.marks.union([.defaultTProxy])
    let found = try? backend.namespace.run { try LiveRouting.read(marks: marks) }
    let unneeded = found?.differences(from: wanted).withoutPassthroughAddress.unexpected
    guard let rest = unneeded, !rest.isEmpty else { return nil }
    return "no rule needs \(rest); --reconcile or clean removes it"
  }

  /// The marks of interception: of live rules, of Istio's default and of the configuration.
  private func marks(_ live: LiveInterception) -> Set<Mark> {
    live.tproxyMarks.union([.defaultTProxy]).union(configuration.interception.marks)
  }

  private func locked(
    _ body: (NamespaceLock.Holder?) throws(InstallationError) -> InstallationReport
  ) throws(InstallationError) -> InstallationReport {
    try backend.namespace.exclusively(InstallationError.namespace, body)
  }

  private func routing<Result>(
    _ body: () throws(NetlinkError) -> Result
  ) throws(InstallationError) -> Result {
    try backend.namespace.inside { () throws(InstallationError) in
      try mapError(try body()) { InstallationError.routing(Refusal($0, backend.namespace)) }
    }
  }

  /// The rules of other tables that take connections away from the installed ones, one line each.
  private var shadowing: [String] {
    guard let tables = try? backend.foreignTables(), !tables.tables.isEmpty,
      let addresses = try? backend.namespace.run({ try NamespaceAddresses.readInterfaces() })
    else { return [] }
    let context = addresses.context(loopbackMarks: [])
    return RulesetBuilder.build(configuration).flatMap {
      ShadowingRule.all($0, beside: tables, in: context)
    }.map { "shadowed by \($0.line)" }
  }

  private func report(
    _ result: InstallationReport.Result, _ old: RemovalPlan, _ removed: Routing,
    _ lock: NamespaceLock.Holder?,
    _ more: [String] = []
  ) -> InstallationReport {
    let duplicate = result.isInLegacyAlone ? [] : backend.duplicate().map { [$0.description] } ?? []
    let unlocked = lock.map { ["\($0) holds the lock (flock) of the namespace; went on without it"] } ?? []
    return InstallationReport(
      result, removedRouting: removed, warnings: unlocked + old.warnings + duplicate + more
    )
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
