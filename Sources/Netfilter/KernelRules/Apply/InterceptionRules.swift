public import Intercept
public import NFTables
public import Namespaces
import Netlink
import RuleEncoding
import SystemPackage

/// Installs, checks and removes the interception rules of one network namespace in one backend.
///
/// Every change is one transaction over both families and all tables, verified by reading the rules back. The same
/// transaction removes Istio rules of the other backend.
public struct InterceptionRules: Sendable {
  public let namespace: NetworkNamespace
  /// The encoding of the rules in nf_tables.
  public let backend: Backend

  /// The time limit for retries while other programs change the rules.
  package var patience = Duration.seconds(5)

  public init(in namespace: NetworkNamespace = .current, as backend: Backend = .iptablesNFT) {
    self.namespace = namespace
    self.backend = backend
  }

  /// An encoding of rules in nf_tables.
  public enum Backend: Hashable, Sendable, CaseIterable {
    /// The tables and expressions of iptables-nft.
    case iptablesNFT
    /// Tables of their own in family `inet`, such as `istio-proxy-nat`, with native expressions and sets.
    case nftables
  }

  /// The treatment of installed Istio rules.
  public enum Mode: Hashable, Sendable {
    /// Keeps equal rules; differing ones are an error.
    case install
    /// Replaces equal rules; differing ones are an error.
    case rewrite
    /// Replaces differing rules and keeps right ones.
    case reconcile
  }

  /// Installs rules.
  ///
  /// - Parameters:
  ///   - wanted: at most one rule set per family; a family without one loses its Istio rules.
  ///   - mode: the treatment of installed Istio rules.
  public func apply(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> ApplyReport {
    let wanted = try self.wanted(wanted)
    return try carryOut { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
  }

  /// Removes all Istio rules, whatever their options, and the chains and tables that are empty without them.
  ///
  /// - Parameter known: rules to treat as Istio's besides those that show it.
  public func clean(_ known: [Ruleset] = []) throws(ApplyError) -> ApplyReport {
    let known = try self.wanted(known)
    return try carryOut { (planner) throws(PlanError) in try planner.clean(known) }
  }

  /// The plan that ``apply(_:_:)`` would carry out now.
  public func plan(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> Plan {
    let wanted = try self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      try plan(for: read(&connection)) { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
    }
  }

  /// The differences between the installed rules and these.
  public func differences(from wanted: [Ruleset]) throws(ApplyError) -> InterceptionDiff {
    try differences(of: live(), from: wanted)
  }

  /// The differences between rules that were read and these.
  public func differences(
    of live: LiveInterception, from wanted: [Ruleset]
  ) throws(ApplyError) -> InterceptionDiff {
    InterceptionDiff(wanted: try self.wanted(wanted), live: live)
  }

  /// The generation of the rules, another one after every change of nf_tables in the namespace.
  public func generation() throws(ApplyError) -> Generation {
    try withConnection { (connection) throws(ApplyError) in
      try mapError(try connection.generation(), refused)
    }
  }

  /// The live rules in both backends.
  public func live() throws(ApplyError) -> LiveInterception {
    try withConnection { (connection) throws(ApplyError) in LiveInterception(try read(&connection)) }
  }
}

extension InterceptionRules {
  /// The rules as read back from the kernel, in this backend.
  func wanted(_ rulesets: [Ruleset]) throws(ApplyError) -> WantedRules {
    switch backend {
    case .iptablesNFT:
      try mapError(try WantedRules(rulesets), ApplyError.encoding)
    case .nftables:
      try mapError(try WantedRules(native: rulesets), ApplyError.form)
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
  /// Lets the kernel validate the batch of ``apply(_:_:)`` without a change: the batch is sent without its end.
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
        if try check(plan.whileDormant ?? plan, for: live.generation, on: &connection) { return plan }
      }
      throw .contended(attempts: attempts.count, within: patience)
    }
  }

  private func check(
    _ plan: Plan, for generation: Generation, on connection: inout KernelConnection
  ) throws(ApplyError) -> Bool {
    let batch = try mapError(try plan.batch(for: generation).finishWithoutEnd(), refused)
    do throws(BatchError) {
      try connection.commit(batch)
      return true
    } catch {
      if error.isStaleGeneration { return false }
      throw .refused(refusal(error, of: plan))
    }
  }
}
