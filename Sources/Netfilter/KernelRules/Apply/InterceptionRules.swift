public import Intercept
import SystemPackage

/// The rules of interception in the kernel, in one network namespace and one form: put there, checked, taken away.
///
/// Whatever is done is done in one transaction over both families and all tables, and seen to be there afterwards. Rules
/// of ours in the other form go in the same transaction in which those in this form come.
public struct InterceptionRules: Sendable {
  public let namespace: NetworkNamespace
  /// How the rules lie in the kernel.
  public let form: Form

  /// How long rules are read and planned for again where other programs change them meanwhile.
  package var patience = Duration.seconds(5)

  public init(in namespace: NetworkNamespace = .current, as form: Form = .iptables) {
    self.namespace = namespace
    self.form = form
  }

  /// The ways in which rules can lie in nf_tables.
  public enum Form: Hashable, Sendable, CaseIterable {
    /// In the tables of iptables-nft, as that puts them there.
    case iptables
    /// In nf_tables' own terms, in tables of family `inet` that are ours alone: `istio-proxy-nat` and so on.
    case native
  }

  /// How to treat rules of ours that are there already.
  public enum Mode: Hashable, Sendable {
    /// Equal ones are left as they are, differing ones are an error.
    case install
    /// Equal ones are written once more, differing ones are an error.
    case rewrite
    /// What differs is set right, what is right is not touched.
    case reconcile
  }

  /// Puts rules into the kernel.
  ///
  /// - Parameters:
  ///   - wanted: at most one rule set per family; what is there of ours in a family without one is not wanted.
  ///   - mode: how to treat rules of ours that are there already.
  public func apply(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> ApplyReport {
    let wanted = try self.wanted(wanted)
    return try carryOut { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
  }

  /// Takes everything of ours away, whatever options it was installed with, and what then holds nothing.
  ///
  /// - Parameter known: rules that are ours, besides those that show it themselves.
  public func clean(_ known: [Ruleset] = []) throws(ApplyError) -> ApplyReport {
    let known = try self.wanted(known)
    return try carryOut { (planner) throws(PlanError) in try planner.clean(known) }
  }

  /// What ``apply(_:_:)`` would do now.
  public func plan(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> Plan {
    let wanted = try self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      try plan(for: read(&connection)) { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
    }
  }

  /// In what the rules that are there now differ from these.
  public func differences(from wanted: [Ruleset]) throws(ApplyError) -> InterceptionDiff {
    let wanted = try self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      InterceptionDiff(wanted: wanted, live: LiveInterception(try read(&connection)))
    }
  }

  /// What is there now, in either form.
  public func live() throws(ApplyError) -> LiveInterception {
    try withConnection { (connection) throws(ApplyError) in LiveInterception(try read(&connection)) }
  }
}

extension InterceptionRules {
  /// Rules as they will be in the kernel, in this form.
  func wanted(_ rulesets: [Ruleset]) throws(ApplyError) -> WantedRules {
    switch form {
    case .iptables:
      do throws(RuleEncodingError) { return try WantedRules(rulesets) } catch { throw .encoding(error) }
    case .native:
      do throws(NativeFormError) { return try WantedRules(native: rulesets) } catch { throw .form(error) }
    }
  }
}

extension Planner {
  func plan(_ wanted: WantedRules, _ mode: InterceptionRules.Mode) throws(PlanError) -> Plan {
    switch mode {
    case .install: try install(wanted)
    case .rewrite: try install(wanted, rewrites: true)
    case .reconcile: try reconcile(wanted)
    }
  }
}

extension InterceptionRules {
  /// Has the kernel check what ``apply(_:_:)`` would send, and changes nothing: the batch is sent without its end.
  ///
  /// - Returns: the plan that the kernel would carry out.
  /// - Throws: ``ApplyError/refused(_:)`` where the kernel would refuse.
  @discardableResult
  public func check(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> Plan {
    let wanted = try self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      var attempts = RetryLoop(for: patience)
      while attempts.goOn() {
        let live = try read(&connection)
        let plan = try plan(for: live) { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
        if try check(plan, for: live.generation, on: &connection) { return plan }
      }
      throw .contended(attempts: attempts.count, within: patience)
    }
  }

  private func check(
    _ plan: Plan, for generation: Generation, on connection: inout Connection
  ) throws(ApplyError) -> Bool {
    let batch: FinishedBatch
    do throws(NetlinkError) {
      batch = try plan.batch(for: generation).finishWithoutEnd()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
    do throws(BatchError) {
      try connection.commit(batch)
      return true
    } catch {
      if error.isStaleGeneration { return false }
      throw .refused(refusal(error, of: plan))
    }
  }
}
