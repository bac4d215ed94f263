import Intercept
import Manifests

/// What a pod's manifest knows of its namespace, and where it says nothing, what this host does.
struct PodHost: HostFacts {
  let pod: PodOptions
  let host: Host

  func user(named name: String) -> UserID? { host.user(named: name) }
  func group(named name: String) -> GroupID? { host.group(named: name) }

  func nameservers() throws -> [IPAddress] {
    pod.nameservers.isEmpty ? try host.nameservers() : pod.nameservers
  }

  func usesIPv6(pastFirst: Bool) throws -> Bool {
    guard let first = pod.addresses.first else { return try host.usesIPv6(pastFirst: pastFirst) }
    return pastFirst ? pod.addresses.contains { $0.family == .ipv6 } : first.family == .ipv6
  }
}
