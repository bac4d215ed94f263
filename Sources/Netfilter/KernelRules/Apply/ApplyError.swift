public import Intercept
public import SystemPackage

/// Why rules were not applied, taken away or read.
public enum ApplyError: Error, Hashable, Sendable {
  /// The network namespace could not be entered.
  case namespace(NamespaceError)
  /// There could be no thread to enter the namespace with.
  case thread(Errno)
  /// A wanted rule cannot be written.
  case encoding(RuleEncodingError)
  /// A wanted rule has no native form.
  case form(NativeFormError)
  /// There can be no plan: the rules that are there differ.
  case plan(PlanError)
  /// The kernel could not be asked, or said no.
  case refused(Refusal)
  /// Other programs changed the rules so often that they could not be read at rest, or no plan lasted until the
  /// kernel had it.
  case contended(attempts: Int, within: Duration)
  /// The kernel was sent the rules, and could not be asked what became of them.
  case uncertain(Refusal)
  /// The rules were written and are not there now; the plan would set them right.
  case unverified(Plan)
  /// The rules were written, and another program changed them at once; the plan would set them right.
  case overtaken(Plan)
}

extension ApplyError {
  /// Whether all is certainly as it was before.
  public var changedNothing: Bool {
    switch self {
    case .namespace, .thread, .encoding, .form, .plan, .refused, .contended: true
    case .uncertain, .unverified, .overtaken: false
    }
  }
}

extension ApplyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespace(let error): error.description
    case .thread(let errno): "cannot start a thread: \(errno)"
    case .encoding(let error): error.description
    case .form(let error): error.description
    case .plan(let error): error.description
    case .refused(let refusal): refusal.description
    case .uncertain(let refusal): "the rules may have been written, or not: \(refusal)"
    case .contended(let attempts, let time):
      "other programs keep changing the rules, each time between reading and writing them: "
        + "gave up after \(time) and \(attempts) attempts, nothing was changed"
    case .unverified(let plan):
      "the kernel took the rules, but does not have them now; what would set them right:\n\(plan)"
    case .overtaken(let plan):
      "the rules were written, but another program changed them at once; what would set them right:\n\(plan)"
    }
  }
}

/// What the kernel said no to, in words for people.
public struct Refusal: Error, Hashable, Sendable {
  /// At least one, in the order of the messages.
  public let failures: [NetlinkError]
  /// Which namespace was worked in.
  public let namespace: NetworkNamespace
  /// What may help: the capability or the kernel module that is missing.
  public private(set) var advice: [String]
  /// Whether the kernel may lack modules for what was wanted, and not the right to do it.
  public let mayLackModules: Bool

  package init(_ error: BatchError, _ namespace: NetworkNamespace, modules: [String] = []) {
    let errors = Set(error.failures.compactMap(\.failure.errno))
    failures = error.failures
    self.namespace = namespace
    mayLackModules = !modules.isEmpty && !errors.isDisjoint(with: Self.ofMissingModules)
    advice = Self.advice(errors, namespace, mayLackModules ? modules : [])
  }

  package init(_ error: NetlinkError, _ namespace: NetworkNamespace) {
    self.init(BatchError(error), namespace)
  }
}

extension Refusal {
  /// The same with one more word of advice.
  public func advising(_ words: String) -> Refusal {
    var refusal = self
    refusal.advice.append(words)
    return refusal
  }

  /// What the kernel says to what it has no module for.
  private static var ofMissingModules: Set<Errno> {
    [.noSuchFileOrDirectory, .notSupported, .notSupportedOnSocket]
  }

  private static func advice(
    _ errors: Set<Errno>, _ namespace: NetworkNamespace, _ modules: [String]
  ) -> [String] {
    var advice: [String] = []
    if errors.contains(.notPermitted) {
      advice.append("this needs CAP_NET_ADMIN in \(namespace.words)")
    }
    if !modules.isEmpty {
      let list = modules.joined(separator: " ")
      advice.append("the kernel may lack a module; on the host, try: modprobe -a \(list)")
    }
    return advice
  }
}

extension Refusal: CustomStringConvertible {
  /// A line per failure, the last one with the advice.
  public var description: String {
    ([BatchError(failures)?.description].compactMap(\.self) + advice).joined(separator: "; ")
  }
}

extension NetworkNamespace {
  /// The namespace in a sentence.
  var words: String {
    switch self {
    case .current: "the current network namespace"
    case .path(let path): "network namespace \"\(path)\""
    case .process(let pid): "the network namespace of process \(pid)"
    }
  }
}
