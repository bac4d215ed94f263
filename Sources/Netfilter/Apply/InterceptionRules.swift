public import Intercept
import SystemPackage

/// The rules of interception in the kernel, in one network namespace: put there, checked, taken away, in the form of
/// iptables-nft.
///
/// Whatever is done is done in one transaction over both families and all tables, and seen to be there afterwards.
public struct InterceptionRules: Sendable {
  public let namespace: NetworkNamespace

  /// How long rules are read and planned for again where other programs change them meanwhile.
  package var patience = Duration.seconds(5)

  public init(in namespace: NetworkNamespace = .current) {
    self.namespace = namespace
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
  /// - Parameter wanted: at most one rule set per family; what is there of ours in a family without one is not wanted.
  public func apply(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> ApplyReport {
    let wanted = try Self.wanted(wanted)
    return try carryOut { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
  }

  /// Takes everything of ours away, whatever options it was installed with, and what then holds nothing.
  ///
  /// - Parameter known: rules that are ours, besides those that show it themselves.
  public func clean(_ known: [Ruleset] = []) throws(ApplyError) -> ApplyReport {
    let known = try Self.wanted(known)
    return try carryOut { (planner) throws(PlanError) in try planner.clean(known) }
  }

  /// What ``apply(_:_:)`` would do now.
  public func plan(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> Plan {
    let wanted = try Self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      try plan(for: read(&connection)) { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
    }
  }

  /// The rules of both families that iptables-nft would show now, foreign ones and all.
  public func live() throws(ApplyError) -> [Ruleset] {
    try withConnection { (connection) throws(ApplyError) in
      let live = try read(&connection)
      return IPFamily.allCases.map { live[$0] }
    }
  }
}

extension InterceptionRules {
  static func wanted(_ rulesets: [Ruleset]) throws(ApplyError) -> WantedRules {
    do throws(RuleEncodingError) {
      return try WantedRules(rulesets)
    } catch {
      throw .encoding(error)
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
