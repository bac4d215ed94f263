package import Intercept
package import SidecarInjection
import Netfilter

/// Facts of the running system: its users and groups, and a namespace's addresses and DNS servers.
package struct Host: HostFacts {
  private let namespace: SelectedNamespace

  package init(_ namespace: SelectedNamespace) {
    self.namespace = namespace
  }

  package func user(named name: String) -> UserID? {
    NameDatabase.user(named: name)
  }

  package func group(named name: String) -> GroupID? {
    NameDatabase.group(named: name)
  }

  package func nameservers() throws -> [IPAddress] {
    let path = "/etc/resolv.conf"
    let process = try namespace.process()
    do throws(RegularFileError) {
      let text = try RegularFile.text(
        path, inRootAt: process.map { "/proc/\($0)/root" }, atMost: 1 << 20)
      return ResolverConfiguration(text).nameservers
    } catch {
      let owner = process.map { " of process \($0)" } ?? ""
      throw CommandError("\(path)\(owner) \(error)")
    }
  }

  package func usesIPv6(pastFirst: Bool) throws -> Bool {
    let opened: NetworkNamespace
    do {
      opened = try namespace.open()
    } catch {
      throw NoSuchNamespace("\(error)")
    }
    return try opened.run { try NamespaceAddresses.read().usesIPv6(dualStack: pastFirst) }
  }
}

/// Users, groups and services of this host, each file read at its first use. A file that cannot be read has no names.
package enum NameDatabase {
  private static let users = AccountFile(text("/etc/passwd"))
  private static let groups = AccountFile(text("/etc/group"))
  private static let services = ServicesFile(text("/etc/services"))

  package static func user(named name: String) -> UserID? {
    users.number(of: name).flatMap { UserID(rawValue: $0) }
  }
  package static func group(named name: String) -> GroupID? {
    groups.number(of: name).flatMap { GroupID(rawValue: $0) }
  }
  package static func port(of name: String) -> Port? { services.port(of: name) }

  private static func text(_ path: String) -> String {
    (try? RegularFile.text(path, atMost: 1 << 24)) ?? ""
  }
}

/// Facts of a pod from its manifest; the running system supplies the facts that the manifest lacks.
package struct PodHost: HostFacts {
  package let pod: PodOptions
  package let host: Host

  package init(pod: PodOptions, host: Host) {
    self.pod = pod
    self.host = host
  }

  package func user(named name: String) -> UserID? { host.user(named: name) }
  package func group(named name: String) -> GroupID? { host.group(named: name) }

  package func nameservers() throws -> [IPAddress] {
    pod.nameservers.isEmpty ? try host.nameservers() : pod.nameservers
  }

  package func usesIPv6(pastFirst: Bool) throws -> Bool {
    guard let first = pod.addresses.first else { return try host.usesIPv6(pastFirst: pastFirst) }
    return pastFirst ? pod.addresses.contains { $0.family == .ipv6 } : first.family == .ipv6
  }
}
