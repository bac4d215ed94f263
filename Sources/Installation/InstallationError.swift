public import Netfilter
public import SystemPackage

/// Reason why an installation could not be changed or read.
public enum InstallationError: Error, Hashable, Sendable {
  /// The network namespace could not be entered.
  case namespace(NamespaceError)
  /// No thread could be started to enter the namespace with.
  case thread(Errno)
  /// nf_tables could not be changed or read.
  case nfTables(ApplyError)
  /// A program of iptables-legacy failed.
  case legacy(LegacyError)
  /// The routes, policy rules and addresses that belong to the rules could not be changed or read.
  case routing(Refusal)
  /// Rules were still there after the attempt to remove them.
  case notRemoved(RemovalPlan)
  /// Tables that the rules need are dormant (`flags dormant`): none of their rules would have an effect.
  case dormant([String])
  /// The option, which iptables-legacy has no counterpart for.
  case unsupported(String)
}

extension InstallationError {
  /// True if the rules are certainly the same as before.
  public var changedNothing: Bool {
    switch self {
    case .namespace, .thread, .dormant, .unsupported: true
    case .nfTables(let error): error.changedNothing
    case .legacy(let error): error.changedNothing
    case .routing, .notRemoved: false
    }
  }
}

extension InstallationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespace(let error): error.description
    case .thread(let errno): "cannot start a thread: \(errno)"
    case .nfTables(let error): error.description
    case .legacy(let error): error.description
    case .routing(let refusal): refusal.description
    case .notRemoved(let rest): "still installed after removal, try again: \(rest)"
    case .dormant(let tables):
      "table \(tables.joined(separator: ", ")) is dormant, so that its rules have no effect; wake it with: "
        + "nft add table \(tables.first ?? "") '{ flags ; }'"
    case .unsupported(let option):
      "\(option): iptables-legacy cannot test a change without making it; leave out --force-iptables-binary"
    }
  }
}

extension NetworkNamespace {
  /// Runs a body on a thread inside the namespace.
  func inside<Success>(
    _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    try Self.get { try run { Result(catching: body) } }
  }

  /// Runs a body while no other run of this program changes the namespace.
  func locked<Success>(
    _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    try Self.get { try exclusively { Result(catching: body) } }
  }

  /// Returns the outcome of a body, and converts the errors that enter no result.
  private static func get<Success>(
    _ outcome: () throws -> Result<Success, InstallationError>
  ) throws(InstallationError) -> Success {
    do {
      return try outcome().get()
    } catch let error as InstallationError {
      throw error
    } catch let error as NamespaceError {
      throw .namespace(error)
    } catch {
      throw .thread(error as? Errno ?? .ioError)
    }
  }
}
