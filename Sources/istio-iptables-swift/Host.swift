import Glibc
import Intercept
import Netfilter

/// What the running system knows: its users and groups, and a namespace's addresses and DNS servers.
struct Host: HostFacts {
  let namespace: NetworkNamespace
  private let resolverFile: String

  init(namespace: RunOptions.Namespace) {
    switch namespace {
    case .current: self.init(.current, resolverFile: "/etc/resolv.conf")
    case .path(let path): self.init(.path(path), resolverFile: "/etc/resolv.conf")
    case .process(let pid): self.init(.process(pid), resolverFile: "/proc/\(pid)/root/etc/resolv.conf")
    }
  }

  private init(_ namespace: NetworkNamespace, resolverFile: String) {
    self.namespace = namespace
    self.resolverFile = resolverFile
  }

  func user(named name: String) -> Intercept.UserID? {
    getpwnam(name).flatMap { Intercept.UserID(rawValue: $0.pointee.pw_uid) }
  }

  func group(named name: String) -> Intercept.GroupID? {
    getgrnam(name).flatMap { Intercept.GroupID(rawValue: $0.pointee.gr_gid) }
  }

  func nameservers() throws -> [IPAddress] {
    ResolverConfiguration(try FileText.read(resolverFile)).nameservers
  }

  func usesIPv6(pastFirst: Bool) throws -> Bool {
    try namespace.run { try NamespaceAddresses.read().useIPv6(pastFirst: pastFirst) }
  }
}
