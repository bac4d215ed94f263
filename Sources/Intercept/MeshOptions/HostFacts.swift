public import NetworkValues

/// A namespace that does not exist or is not one of networks: other options do not help.
public struct NoSuchNamespace: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// Facts about the host that options refer to: users, groups, DNS servers, addresses.
public protocol HostFacts {
  /// The number of a user in /etc/passwd.
  func user(named name: String) -> UserID?

  /// The number of a group in /etc/group.
  func group(named name: String) -> GroupID?

  /// The DNS servers of the namespace, as its /etc/resolv.conf lists them.
  func nameservers() throws -> [IPAddress]

  /// True if the namespace's addresses require IPv6 rules.
  ///
  /// - Parameter pastFirst: looks for IPv6 past the first address that counts (`--dual-stack`).
  func usesIPv6(pastFirst: Bool) throws -> Bool
}
