public import Intercept
public import Netfilter

/// The rules of one network namespace and the routing that belongs to them, changed together.
public struct Installation: Sendable {
  let configuration: Configuration
  let run: RunOptions
  let backend: any RuleBackend
  /// The rules of the configuration.
  let wanted: [Ruleset]

  /// - Parameters:
  ///   - configuration: the configuration of the rules.
  ///   - run: the options of the run.
  ///   - namespace: the namespace to change; the one of the options is ignored.
  public init(_ configuration: Configuration, _ run: RunOptions, in namespace: NetworkNamespace) {
    self.init(configuration, run, run.backend(in: namespace))
  }

  private init(_ configuration: Configuration, _ run: RunOptions, _ backend: any RuleBackend) {
    (self.configuration, self.run, self.backend) = (configuration, run, backend)
    wanted = RulesetBuilder.build(configuration)
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
  /// rules without their routes. A failure before the rules are installed leaves the routing as it was. Rules in the
  /// other interface are removed last, so that connections are captured at every moment.
  public func apply() throws(InstallationError) -> InstallationReport {
    try locked { (lock) throws(InstallationError) in
      let other = try OtherRules(besides: backend, wanted)
      let isElsewhere = try isInstalled(in: other)
      let routing = Routing(configuration)
      let old = run.reconciles ? try leftovers(with: other) : RemovalPlan()
      let (added, live) = try add(routing)
      if isElsewhere, let other {
        return report(
          .kept(RulesElsewhere(other), addedRouting: added), lock, warnings(of: routing, live, keeping: other)
        )
      }
      let stale = old.routing.subtracting(routing)
      let outcome = try undoing(added) { () throws(InstallationError) in
        try self.routing { () throws(NetlinkError) in try stale.adopt() }
        return try comparingForms { () throws(InstallationError) in try backend.apply(wanted, mode) }
      }
      let change: RuleChange
      switch outcome {
      case .done(let done): change = done
      case .isRight(let kept):
        return report(.kept(kept, addedRouting: added), lock, warnings(of: routing, live))
      }
      let cleaned = run.reconciles ? try other?.remove(wanted) : nil
      let removed = try remove(stale)
      let duplicate = duplicateWarnings(other)
      let isFirst = change.isFirst && old.isEmpty
      let more =
        old.warnings + duplicate
        + (change.held + (cleaned?.held ?? [])).map(\.description)
        // Two right sets decide alike, so that neither shadows the other.
        + warnings(
          of: routing, live, shadowing: change.shadowing, isFirst: isFirst,
          isAlone: change.isAlone || !duplicate.isEmpty)
      return report(
        .installed(change, addedRouting: added, moved: cleaned == nil ? nil : other.map(RulesElsewhere.init)),
        removed: removed, lock, more)
    }
  }

  /// Removes all rules and routing of interception, whatever options they were installed with.
  public func clean() throws(InstallationError) -> InstallationReport {
    try locked { (lock) throws(InstallationError) in
      let other = try OtherRules(besides: backend, wanted)
      let old = try leftovers(beside: other)
      try routing { () throws(NetlinkError) in try old.routing.adopt() }
      let change = try backend.clean(wanted)
      let removed = try remove(old.routing)
      guard change.held.isEmpty else { throw .held(change.held) }
      return report(
        .removed(old, change), removed: removed, lock,
        old.warnings + (other?.duplicate.map { [$0.remainder] } ?? []))
    }
  }

  /// Returns the differences of the rules and the routing of the namespace from those of the configuration.
  ///
  /// Rules that are right in the other interface, which alone has any, do not differ.
  public func differences() throws(InstallationError) -> InterceptionDiff { try comparison().diff }

  /// Returns what ``clean()`` would remove; changes nothing.
  public func removalPlan() throws(InstallationError) -> RemovalPlan {
    try leftovers(beside: try OtherRules(besides: backend, wanted))
  }

  /// Returns the operations that ``apply()`` would perform on the rules, after the kernel has checked them.
  public func check() throws(InstallationError) -> InstallationPlan {
    try planning { () throws(InstallationError) in try backend.check(wanted, mode) }
  }

  /// Returns the operations that ``apply()`` would perform on the rules.
  public func plan() throws(InstallationError) -> InstallationPlan {
    try planning { () throws(InstallationError) in try backend.plan(wanted, mode) }
  }

  /// Returns the warnings of ``apply()`` about rules of Istio elsewhere; none if they cannot be read.
  ///
  /// - Throws: the error with which ``apply()`` would refuse beside the installed rules.
  public func expectedWarnings() throws(InstallationError) -> [String] {
    do throws(InstallationError) {
      return try plan().warnings
    } catch {
      switch error {
      case .nfTables(.plan), .inOtherForm, .differsElsewhere, .rightElsewhere: throw error
      // iptables-legacy has no plan; right rules of the other interface are beside its own.
      case .unsupported: return duplicateWarnings(try OtherRules(besides: backend, wanted))
      case .nfTables, .namespace, .legacy, .routing, .routingDiffers, .routingLeft, .held, .notRemoved,
        .otherLeft:
        return []
      }
    }
  }
}

extension Installation {
  /// The sentence about the chains of Istio in the other interface, beside those in the selected one.
  private func duplicateWarnings(_ other: OtherRules?) -> [String] {
    run.reconciles ? [] : other?.duplicate.map { ["\($0)"] } ?? []
  }

  private var mode: InterceptionRules.Mode {
    run.reconciles ? .reconcile : run.forcesApply ? .rewrite : .install
  }

  private func planning(_ body: () throws(InstallationError) -> Plan) throws(InstallationError)
    -> InstallationPlan
  {
    let other = try OtherRules(besides: backend, wanted)
    let routing = Routing(configuration)
    let missing = try self.routing { () throws(NetlinkError) in
      routing.isEmpty
        ? .none : try LiveRouting.read(marks: marks, wanted: routing).differences(from: routing).missing
    }
    if try isInstalled(in: other), let other {
      return InstallationPlan(keeping: RulesElsewhere(other), addedRouting: missing)
    }
    let plan: Plan
    switch try comparingForms(body) {
    case .done(let done): plan = done
    case .isRight(let kept): return InstallationPlan(keeping: kept, addedRouting: missing)
    }
    return InstallationPlan(
      plan, removed: run.reconciles ? other.map(RulesElsewhere.init) : nil, addedRouting: missing,
      removedRouting: run.reconciles ? try leftovers(with: other).routing.subtracting(routing) : .none,
      warnings: duplicateWarnings(other))
  }

  /// Result of an operation on the form of nf_tables that the options select.
  private enum FormOutcome<Success> {
    case done(Success)
    /// The rules are right in the other form, and stay there.
    case isRight(RulesElsewhere)
  }

  /// Runs a body, unless the rules are right in the other form of nf_tables.
  ///
  /// - Throws: the body's error; `InstallationError.inOtherForm` if such rules are to be written again.
  private func comparingForms<Success>(
    _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> FormOutcome<Success> {
    do throws(InstallationError) {
      return .done(try body())
    } catch {
      guard case .nfTables(.plan(.differs)) = error, let live = try? backend.live() else { throw error }
      let comparison = FormComparison(wanted: wanted, live: live.rulesets, native: live.native)
      let isOther = comparison.isNative != (run.form == .native)
      guard comparison.isEmpty && isOther else { throw error }
      guard !run.forcesApply else { throw .inOtherForm(isNative: comparison.isNative) }
      let found = RemovalPlan(live, in: backend.interface, known: wanted)
      return .isRight(RulesElsewhere(found.summary, isNative: comparison.isNative))
    }
  }

  /// The rules of the backend and the routing of interception.
  ///
  /// - Parameter other: rules of the other interface, which need the routing.
  private func leftovers(beside other: OtherRules?) throws(InstallationError) -> RemovalPlan {
    other == nil ? try leftovers(with: nil) : try backend.found(known: wanted)
  }

  /// The rules of the backend and the routing of interception.
  ///
  /// - Parameter other: rules of the other interface that are removed as well.
  private func leftovers(with other: OtherRules?) throws(InstallationError) -> RemovalPlan {
    let found = try backend.found(known: wanted)
    let marks = marks.union(found.tproxyMarks).union(other?.found.tproxyMarks ?? [])
    return found.with(
      try routing { () throws(NetlinkError) in try LiveRouting.read(marks: marks).interception })
  }

  private func locked(
    _ body: (NamespaceLock.Holder?) throws(InstallationError) -> InstallationReport
  ) throws(InstallationError) -> InstallationReport {
    try backend.namespace.exclusively(InstallationError.namespace, body)
  }

  private func report(
    _ result: InstallationReport.Result, removed: Routing = .none, _ lock: NamespaceLock.Holder?,
    _ warnings: [String]
  ) -> InstallationReport {
    let unlocked = lock.map { ["\($0) holds the lock (flock) of the namespace; went on without it"] } ?? []
    return InstallationReport(result, removedRouting: removed, warnings: unlocked + warnings)
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
