import SystemPackage

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
