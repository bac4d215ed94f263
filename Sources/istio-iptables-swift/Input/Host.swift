import Glibc
import Installation
import Intercept
import Manifests
import Netfilter

/// Facts of the running system: its users and groups, and a namespace's addresses and DNS servers.
struct Host: HostFacts {
  private let namespace: SelectedNamespace

  init(_ namespace: SelectedNamespace) {
    self.namespace = namespace
  }

  func user(named name: String) -> Intercept.UserID? { Self.user(named: name) }

  func group(named name: String) -> Intercept.GroupID? { Self.group(named: name) }

  /// The number of a user of this system; nil for an unknown name.
  static func user(named name: String) -> Intercept.UserID? {
    getpwnam(name).flatMap { Intercept.UserID(rawValue: $0.pointee.pw_uid) }
  }

  /// The number of a group of this system; nil for an unknown name.
  static func group(named name: String) -> Intercept.GroupID? {
    getgrnam(name).flatMap { Intercept.GroupID(rawValue: $0.pointee.gr_gid) }
  }

  func nameservers() throws -> [IPAddress] {
    let path = "/etc/resolv.conf"
    do throws(RegularFileError) {
      let text = try RegularFile.text(
        path, inRootAt: namespace.process.map { "/proc/\($0)/root" }, atMost: 1 << 20)
      return ResolverConfiguration(text).nameservers
    } catch {
      let owner = namespace.process.map { " of process \($0)" } ?? ""
      throw CommandError("\(path)\(owner) \(error)")
    }
  }

  func usesIPv6(pastFirst: Bool) throws -> Bool {
    let opened: NetworkNamespace
    do {
      opened = try namespace.open()
    } catch {
      throw NoSuchNamespace("\(error)")
    }
    return try opened.run { try NamespaceAddresses.read().usesIPv6(dualStack: pastFirst) }
  }
}

/// Facts of a pod from its manifest; the running system supplies the facts that the manifest lacks.
struct PodHost: HostFacts {
  let pod: PodOptions
  let host: Host

  func user(named name: String) -> Intercept.UserID? { host.user(named: name) }
  func group(named name: String) -> Intercept.GroupID? { host.group(named: name) }

  func nameservers() throws -> [IPAddress] {
    pod.nameservers.isEmpty ? try host.nameservers() : pod.nameservers
  }

  func usesIPv6(pastFirst: Bool) throws -> Bool {
    guard let first = pod.addresses.first else { return try host.usesIPv6(pastFirst: pastFirst) }
    return pastFirst ? pod.addresses.contains { $0.family == .ipv6 } : first.family == .ipv6
  }
}
