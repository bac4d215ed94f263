/// A socket that accepts connections or receives datagrams.
public struct ListeningSocket: Hashable, Sendable {
  public let proto: IPProtocol
  /// The bound address; zero for any address.
  public let address: IPAddress
  public let port: Port
  /// The socket's owner; nil for a user that is not mapped into this user namespace.
  public let user: UserID?
  /// True if a socket bound to an IPv6 address does not accept IPv4 (`IPV6_V6ONLY`).
  public let isIPv6Only: Bool
  /// True if the socket accepts packets to foreign addresses (`IP_TRANSPARENT`); nil if the kernel does not report it.
  public let isTransparent: Bool?
  /// The processes that have the socket open, as far as they are visible.
  public let processes: [Process]

  /// A process: its number and the name of its program.
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
  /// True if the socket accepts connections of a family.
  public func takes(_ family: IPFamily) -> Bool {
    switch (address, family) {
    case (.ipv4, .ipv4): true
    case (.ipv4, .ipv6): false
    case (.ipv6(let address), .ipv6): !address.isMappedIPv4
    case (.ipv6(let address), .ipv4): address.isMappedIPv4 || address.bits == 0 && !isIPv6Only
    }
  }

  /// The sentence about a port that another process than the proxy has:
  /// `15001 belongs to python3 (uid 1000), not the proxy`.
  public var foreignNote: String {
    let owner = user.map { "uid \($0)" } ?? "a user of another namespace"
    let name = processes.first.map { "\($0.name) (\(owner))" } ?? owner
    return "\(port) belongs to \(name), not the proxy"
  }

  /// The sentence about a port without a listener: `no listener on 15001: refused`.
  public static func absenceNote(_ port: Port, _ proto: IPProtocol = .tcp) -> String {
    "no listener on \(port): \(proto == .tcp ? "refused" : "unanswered")"
  }

  /// True if the socket is bound to the unspecified address.
  package var isForAnyAddress: Bool { address.bits == 0 || address.bits == UInt128(0xffff) << 32 }
}

extension IPv6Address {
  /// True for IPv4-mapped addresses, ::ffff:0:0/96.
  fileprivate var isMappedIPv4: Bool { bits >> 32 == 0xffff }
}
