public import ContainerRuntime
import Installation
import Intercept
import Netfilter
import SystemPackage

/// The rules in the network namespaces of pods. Calls block the thread.
public protocol PodRuleStore: Sendable {
  /// Compares a pod's live rules with its own.
  ///
  /// - Parameter last: the result of an earlier comparison; unchanged rules are not read again.
  func inspect(_ rules: PodRules, in network: SandboxNamespace, since last: PodInspection?)
    throws(PodRuleError) -> PodInspection

  /// Installs a pod's rules and verifies them.
  ///
  /// - Returns: one line.
  func install(_ rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> String
}

/// The result of comparing a pod's live rules with its own.
public struct PodInspection: Sendable {
  public let drift: Drift
  /// The comparison that a later one starts from; nil if that reads everything.
  let comparison: RuleComparison?

  public init(_ drift: Drift) {
    (self.drift, comparison) = (drift, nil)
  }

  init(_ comparison: RuleComparison) {
    self.comparison = comparison
    drift = Drift(comparison.diff, hasRules: comparison.hasIstioRules)
  }
}

/// Reason why the rules of a pod could not be read or changed.
public enum PodRuleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The namespace is gone; the pod has ended.
  case ended
  /// The namespace is not the pod's: the reason.
  case wrongNamespace(String)
  case failed(String)

  public var description: String {
    switch self {
    case .ended: "its network namespace is gone"
    case .wrongNamespace(let reason): reason
    case .failed(let reason): reason
    }
  }
}

/// The rules in the kernel.
public struct KernelPodRules: PodRuleStore {
  public init() {}

  public func inspect(_ rules: PodRules, in network: SandboxNamespace, since last: PodInspection?)
    throws(PodRuleError) -> PodInspection
  {
    let (configuration, run) = (rules.configuration, rules.run)
    return try inside(network) { (namespace) throws(InstallationError) in
      if let last = last?.comparison, let now = try last.renewed(for: configuration, run, in: namespace) {
        return PodInspection(now)
      }
      return PodInspection(try Installation(configuration, run, in: namespace).comparison())
    }
  }

  public func install(_ rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> String {
    try inside(network) { (namespace) throws(InstallationError) in
      try Installation(rules.configuration, rules.run, in: namespace).apply().description
    }
  }

  /// Runs a body on a thread inside a pod's namespace, which is checked before.
  private func inside<Success>(
    _ network: SandboxNamespace, _ body: (NetworkNamespace) throws(InstallationError) -> Success
  ) throws(PodRuleError) -> Success {
    let namespace = try open(network)
    return try namespace.run({ .failed("\($0)") }) { () throws(PodRuleError) in
      try check(network)
      do throws(InstallationError) {
        return try body(namespace)
      } catch {
        throw .failed("\(error)")
      }
    }
  }

  /// Opens the namespace and checks that it is not the agent's own.
  private func open(_ network: SandboxNamespace) throws(PodRuleError) -> NetworkNamespace {
    let namespace: NetworkNamespace
    do throws(NamespaceError) {
      namespace = try NetworkNamespace.open(network.path)
    } catch .unreachable(_, .noSuchFileOrDirectory), .noNamespace {
      throw .ended
    } catch {
      throw .failed("\(error)")
    }
    guard let own = try? NetworkNamespace.open("/proc/self/ns/net"), namespace != own else {
      throw .wrongNamespace("\(network.path) is the agent's own network namespace; it is left alone")
    }
    return namespace
  }

  /// Checks that the thread's namespace has one of the pod's addresses: the host's namespace, and one that another pod
  /// got under the same path, have others.
  private func check(_ network: SandboxNamespace) throws(PodRuleError) {
    let wanted = Set(network.addresses.compactMap { IPAddress($0) })
    let live: [IPAddress]
    do {
      live = try NamespaceAddresses.read().addresses
    } catch {
      throw .failed("\(error)")
    }
    guard wanted.isDisjoint(with: live) else { return }
    throw .wrongNamespace(
      "\(network.path) has none of the pod's addresses (\(network.addresses.joined(separator: ", "))); "
        + "it is left alone")
  }
}
