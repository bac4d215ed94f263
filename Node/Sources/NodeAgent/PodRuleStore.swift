public import ContainerRuntime
import Installation
import Intercept
import Netfilter
import SystemPackage

/// The rules in the network namespaces of pods. Calls block the thread.
public protocol PodRuleStore: Sendable {
  /// Returns the differences of a pod's live rules from its own.
  func drift(from rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> Drift

  /// Installs a pod's rules and verifies them.
  ///
  /// - Returns: one line.
  func install(_ rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> String
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

  public func drift(from rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> Drift {
    let namespace = try open(network)
    do {
      let diff = try Installation(rules.configuration, rules.run, in: namespace).differences()
      guard !diff.isEmpty else { return .none }
      return Drift(diff, hasRules: try rules.run.backend(in: namespace).live().hasIstioRules)
    } catch {
      throw .failed("\(error)")
    }
  }

  public func install(_ rules: PodRules, in network: SandboxNamespace) throws(PodRuleError) -> String {
    let namespace = try open(network)
    do throws(InstallationError) {
      return try Installation(rules.configuration, rules.run, in: namespace).apply().description
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Opens the namespace and checks that it is the pod's: not the agent's own, and with one of the pod's addresses.
  ///
  /// The host's namespace and one that another pod got under the same path have other addresses.
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
    try check(namespace, network)
    return namespace
  }

  private func check(_ namespace: NetworkNamespace, _ network: SandboxNamespace) throws(PodRuleError) {
    let wanted = Set(network.addresses.compactMap { IPAddress($0) })
    let live: [IPAddress]
    do {
      live = try namespace.run { try NamespaceAddresses.read().addresses }
    } catch {
      throw .failed("\(error)")
    }
    guard wanted.isDisjoint(with: live) else { return }
    throw .wrongNamespace(
      "\(network.path) has none of the pod's addresses (\(network.addresses.joined(separator: ", "))); "
        + "it is left alone")
  }
}
