public import ContainerRuntime
import Glibc
public import Intercept
public import PodDecisions

/// The plugin's decisions, for pods that the container runtime reports.
public struct PluginPodPolicy: PodPolicy {
  private let policy: PluginPolicy

  public init(_ policy: PluginPolicy) {
    self.policy = policy
  }

  public func decision(_ pod: PodSandbox, _ addresses: [IPAddress], _ containers: [PodContainer])
    -> PodDecision
  {
    let proxy = containers.proxy.map {
      PluginPolicy.Proxy(type: $0.proxyType, environment: $0.environment, user: $0.user, group: $0.group)
    }
    let pod = PluginPolicy.Pod(
      namespace: pod.namespace, name: pod.name, annotations: pod.annotations, labels: pod.labels,
      proxy: proxy,
      addresses: addresses)
    do throws(InvalidOptions) {
      switch try policy.decision(pod, facts: PodFactsOfNode(addresses: addresses)) {
      case .skip(let reason): return .skip(reason)
      case .redirect(let configuration, let run): return .redirect(PodRules(configuration, run))
      }
    } catch {
      return .invalid(error.problems.map(\.description).joined(separator: "; "))
    }
  }
}

/// The facts that options of a pod can ask for. The pod's DNS servers are not known.
private struct PodFactsOfNode: HostFacts {
  let addresses: [IPAddress]

  func user(named name: String) -> UserID? { nil }
  func group(named name: String) -> GroupID? {
    getgrnam(name).flatMap { GroupID(rawValue: $0.pointee.gr_gid) }
  }
  func nameservers() throws -> [IPAddress] { [] }
  func usesIPv6(pastFirst: Bool) throws -> Bool { addresses.contains { $0.family == .ipv6 } }
}
