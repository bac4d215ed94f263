public import Intercept
public import Netfilter
import SystemPackage

/// A kernel interface that holds the interception rules of one network namespace.
///
/// Packets traverse the tables of nf_tables and of x_tables (iptables-legacy); each interface shows only its own.
public protocol RuleBackend: Sendable {
  var namespace: NetworkNamespace { get }

  /// The interface in which rules are installed.
  var interface: RuleInterface { get }

  /// The backend of the other interface; nil if this one covers both.
  var other: (any RuleBackend)? { get }

  /// Returns the generation of the rules, another one after every change; nil if the interface has none.
  func generation() throws(InstallationError) -> Generation?

  /// Returns all rules of the interface, including those of other programs.
  func live() throws(InstallationError) -> LiveInterception

  /// Returns the differences between live rules and the wanted ones.
  func differences(
    of live: LiveInterception, from wanted: [Ruleset]
  ) throws(InstallationError) -> InterceptionDiff

  /// Installs the wanted rules and verifies that they are there.
  func apply(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> RuleChange

  /// Removes all interception rules and verifies that none are left.
  ///
  /// - Parameter known: rules of the current configuration, which are removed even from chains that Istio does not own.
  func clean(_ known: [Ruleset]) throws(InstallationError) -> RuleChange

  /// Returns the operations that ``apply(_:_:)`` would perform now.
  func plan(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan

  /// Returns the same operations after the kernel has checked the batch without committing it.
  func check(_ wanted: [Ruleset], _ mode: InterceptionRules.Mode) throws(InstallationError) -> Plan

  /// Returns the interception rules.
  ///
  /// - Parameter known: rules of a configuration, which are interception rules in any chain.
  func found(known: [Ruleset]) throws(InstallationError) -> RemovalPlan
}

extension RuleBackend {
  func found(known: [Ruleset]) throws(InstallationError) -> RemovalPlan {
    RemovalPlan(try live(), in: interface, known: known)
  }

  /// Returns Istio chains of the other interface; nil if there are none or they cannot be read.
  public func duplicate() -> DuplicateInstallation? {
    guard let other, let found = try? other.found(known: []) else { return nil }
    return DuplicateInstallation(found, in: other.interface)
  }

  /// Returns every table of nf_tables of the namespace.
  public func allTables() throws(InstallationError) -> NftRuleset {
    try mapError(try InterceptionRules(in: namespace).allTables(), InstallationError.nfTables)
  }

  /// Returns the rules of iptables-legacy of the families with any; none if the process may not read them.
  public func legacyRules() throws(InstallationError) -> [Ruleset] {
    do throws(InstallationError) {
      return try LegacyBackend(namespace).live().rulesets.filter { !$0.isEmpty }
    } catch .legacy(.unreadable(_, .permissionDenied)) {
      return []
    }
  }

  /// Returns the rules of a family in iptables-legacy, if this backend is another one; nil without any.
  func otherLegacyRules(_ family: IPFamily) throws(InstallationError) -> Ruleset? {
    self is LegacyBackend ? nil : try legacyRules().first { $0.family == family }
  }

  /// Returns every table of nf_tables, or none if no table can take packets from the rules of an origin.
  func contestedTables(of origin: RuleOrigin) throws(InstallationError) -> NftRuleset {
    try mapError(try InterceptionRules(in: namespace).contestedTables(of: origin), InstallationError.nfTables)
  }
}

extension RunOptions {
  /// The tables that hold the rules.
  var origin: RuleOrigin {
    switch form {
    case .iptablesNFT: .iptablesNFT
    case .native: .native
    case .iptablesLegacy: .legacy
    }
  }

  /// The backend whose rules `clean` removes: the selected one, or every one.
  func cleanedBackend(in namespace: NetworkNamespace) -> any RuleBackend {
    cleansAllBackends ? AllBackends(namespace) : backend(in: namespace)
  }

  /// The backend that the options select.
  public func backend(in namespace: NetworkNamespace) -> any RuleBackend {
    switch form {
    case .iptablesNFT: return NFTablesBackend(InterceptionRules(in: namespace))
    case .native: return NFTablesBackend(InterceptionRules(in: namespace, as: .nftables))
    case .iptablesLegacy: return LegacyBackend(namespace)
    }
  }
}

/// Rules after a change through one backend.
public struct RuleChange: Hashable, Sendable {
  /// False if the rules were right before.
  public let changedAnything: Bool
  /// True if there were no interception rules before.
  public var isFirst = false
  /// True if nf_tables contains no other program's tables; false if that is not known.
  public var isAlone = false
  /// The interception rules that are installed now.
  public let installed: RuleSummary
  /// Istio chains that are not wanted and stay, empty, since other programs' objects lead to them.
  public var held: [HeldChain] = []
  /// The rules of other programs in the same chains that shadow the installed ones, for each family with any.
  public var shadowing: [RulesetDiff] = []
  /// Time for reading, planning, committing and verifying.
  public let duration: Duration
}
