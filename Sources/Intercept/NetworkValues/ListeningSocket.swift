/// A socket that waits for connections or datagrams.
public struct ListeningSocket: Hashable, Sendable {
  public let proto: IPProtocol
  /// What it is bound to; zero for any address.
  public let address: IPAddress
  public let port: Port
  /// Whose it is; nil for a user whom this user namespace has no number for.
  public let user: UserID?
  /// Whether one bound to IPv6 keeps away from IPv4 (`IPV6_V6ONLY`).
  public let isIPv6Only: Bool
  /// Whether it takes what is not addressed to this host (`IP_TRANSPARENT`); nil where the kernel does not say.
  public let isTransparent: Bool?
  /// The processes that have it, as far as they can be seen.
  public let processes: [Process]

  /// A process, by its number and the name of its program.
  public struct Process: Hashable, Sendable {
    public let id: Int32
    public let name: String

    public init(id: Int32, name: String) {
      self.id = id
      self.name = name
    }
  }

  public init(
    _ proto: IPProtocol, _ address: IPAddress, _ port: Port, of user: UserID?, isIPv6Only: Bool = true,
    isTransparent: Bool? = nil, processes: [Process] = []
  ) {
    self.proto = proto
    self.address = address
    self.port = port
    self.user = user
    self.isIPv6Only = isIPv6Only
    self.isTransparent = isTransparent
    self.processes = processes
  }
}

extension ListeningSocket {
  /// Whether it takes connections of a family.
  public func takes(_ family: IPFamily) -> Bool {
    switch (address, family) {
    case (.ipv4, .ipv4): true
    case (.ipv4, .ipv6): false
    case (.ipv6(let address), .ipv6): !address.isMappedIPv4
    case (.ipv6(let address), .ipv4): address.isMappedIPv4 || address.bits == 0 && !isIPv6Only
    }
  }

  /// Whether it takes connections to any address.
  package var isForAnyAddress: Bool { address.bits == 0 || address.bits == UInt128(0xffff) << 32 }
}

extension IPv6Address {
  /// ::ffff:0:0/96, in which IPv4 addresses are written as IPv6 ones.
  fileprivate var isMappedIPv4: Bool { bits >> 32 == 0xffff }
}
