import SystemPackage

/// What the kernel said no to, in words for people.
public struct Refusal: Error, Hashable, Sendable {
  /// At least one, in the order of the messages.
  public let failures: [NetlinkError]
  /// Which namespace was worked in.
  public let namespace: NetworkNamespace
  /// What may help: the capability or the kernel module that is missing.
  public let advice: [String]

  package init(_ error: BatchError, _ namespace: NetworkNamespace, modules: [String] = []) {
    failures = error.failures
    self.namespace = namespace
    advice = Self.advice(error.failures, namespace, modules)
  }

  package init(_ error: NetlinkError, _ namespace: NetworkNamespace) {
    self.init(BatchError(error), namespace)
  }
}

extension Refusal {
  private static func advice(
    _ failures: [NetlinkError], _ namespace: NetworkNamespace, _ modules: [String]
  ) -> [String] {
    let errors = Set(failures.compactMap(\.failure.errno))
    var advice: [String] = []
    if errors.contains(.notPermitted) {
      advice.append("this needs CAP_NET_ADMIN in \(namespace.words)")
    }
    if !modules.isEmpty,
      !errors.isDisjoint(with: [.noSuchFileOrDirectory, .notSupported, .notSupportedOnSocket])
    {
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
