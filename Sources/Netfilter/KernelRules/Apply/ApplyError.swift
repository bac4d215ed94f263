public import Intercept
package import NFTables
public import Namespaces
public import Netlink
public import RuleEncoding
import SystemPackage

/// A failure to install, remove or read rules.
public enum ApplyError: Error, Hashable, Sendable {
  /// The network namespace could not be entered.
  case namespace(NamespaceError)
  /// A wanted rule cannot be encoded.
  case encoding(RuleEncodingError)
  /// A wanted rule has no nftables form.
  case form(NativeFormError)
  /// No plan can be made: the installed rules differ.
  case plan(PlanError)
  /// The kernel could not be reached, or refused.
  case refused(Refusal)
  /// Other programs kept changing the rules between reading and committing.
  case contended(attempts: Int, within: Duration)
  /// The rules were sent, but the outcome could not be read back.
  case uncertain(Refusal)
  /// The rules were committed but are not installed now; the plan would correct them.
  case unverified(Plan)
  /// The rules were committed, and another program changed them at once; the plan would correct them.
  case overtaken(Plan)
}

extension ApplyError {
  /// True if certainly nothing has changed.
  public var changedNothing: Bool {
    switch self {
    case .namespace, .encoding, .form, .plan, .refused, .contended: true
    case .uncertain, .unverified, .overtaken: false
    }
  }
}

extension ApplyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespace(let error): error.description
    case .encoding(let error): error.description
    case .form(let error): error.description
    case .plan(let error): error.description
    case .refused(let refusal): refusal.description
    case .uncertain(let refusal): "the rules may or may not have been installed: \(refusal)"
    case .contended(let attempts, let time):
      "other programs keep changing the rules, each time between reading and writing them: "
        + "gave up after \(time) and \(attempts) attempts, nothing was changed"
    case .unverified(let plan):
      "the kernel accepted the rules, but does not have them now. Operations that would install them:\n\(plan)"
    case .overtaken(let plan):
      "the rules were installed, but another program changed them at once. Operations that would correct them:\n"
        + "\(plan)"
    }
  }
}

/// A refusal by the kernel, with advice.
public struct Refusal: Error, Hashable, Sendable {
  /// The failures in the order of the messages; at least one.
  public let failures: [NetlinkError]
  /// The namespace of the rules.
  public let namespace: NetworkNamespace
  /// Advice: the missing capability or kernel module.
  public private(set) var advice: [String]
  /// True if the kernel may lack modules for the rules.
  public let mayLackModules: Bool

  package init(_ error: BatchError, _ namespace: NetworkNamespace, modules: [String] = []) {
    let errors = Set(error.failures.compactMap(\.failure.errno))
    failures = error.failures
    self.namespace = namespace
    mayLackModules = !modules.isEmpty && !errors.isDisjoint(with: Self.ofMissingModules)
    advice = Self.advice(errors, namespace, mayLackModules ? modules : [])
    if errors.contains(.invalidArgument), let words = UnmappedOwners.advice(about: failures.map(\.object)) {
      advice.append(words)
    }
  }

  package init(_ error: NetlinkError, _ namespace: NetworkNamespace) {
    self.init(BatchError(error), namespace)
  }
}

extension Refusal {
  /// The same refusal with one more piece of advice.
  public func advising(_ words: String) -> Refusal {
    var refusal = self
    refusal.advice.append(words)
    return refusal
  }

  /// The kernel's errors for a missing module.
  private static var ofMissingModules: Set<Errno> {
    [.noSuchFileOrDirectory, .notSupported, .notSupportedOnSocket]
  }

  private static func advice(
    _ errors: Set<Errno>, _ namespace: NetworkNamespace, _ modules: [String]
  ) -> [String] {
    var advice: [String] = []
    if errors.contains(.notPermitted) {
      advice.append("this needs CAP_NET_ADMIN in \(namespace)")
    }
    if !modules.isEmpty {
      let list = modules.joined(separator: " ")
      advice.append("the kernel may lack a module; on the host, try: modprobe -a \(list)")
    }
    return advice
  }
}

extension Refusal: CustomStringConvertible {
  /// One line per failure, the last with the advice.
  public var description: String {
    ([BatchError(failures)?.description].compactMap(\.self) + advice).joined(separator: "; ")
  }
}
