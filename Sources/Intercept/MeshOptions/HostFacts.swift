public import NetworkValues

/// What has to be looked up on the host while options are read.
public protocol HostFacts {
  /// The number of a user the system knows by name (`getpwnam`).
  func user(named name: String) -> UserID?

  /// The number of a group the system knows by name (`getgrnam`).
  func group(named name: String) -> GroupID?

  /// The DNS servers of the namespace, as its /etc/resolv.conf lists them.
  func nameservers() throws -> [IPAddress]

  /// Whether the namespace's addresses call for rules for IPv6.
  ///
  /// - Parameter pastFirst: looks for IPv6 past the first address that counts (`--dual-stack`).
  func usesIPv6(pastFirst: Bool) throws -> Bool
}
