public import Intercept
public import Netlink
import RouteNetlink

/// The listening sockets and the TCP connections of a network namespace, whose processes are looked up together.
public struct NamespaceSockets: Hashable, Sendable {
  public let listeners: [ListeningSocket]
  public let connections: [ConnectedSocket]

  /// Reads the sockets of the thread's namespace over sock_diag, and their processes as far as /proc shows them.
  public static func read() throws(NetlinkError) -> NamespaceSockets {
    var connection = try SocketConnection.open()
    let listening = try connection.listeners()
    let connected = try connection.connections()
    let holders = SocketHolders(of: Set(listening.map(\.1.inode) + connected.map(\.inode)))
    return NamespaceSockets(
      listeners: listening.map { ListeningSocket($1, $0, holders[$1.inode]) },
      connections: connected.compactMap { ConnectedSocket($0, holders[$0.inode]) })
  }
}

extension SocketConnection where Transport: ~Copyable {
  /// The listening TCP sockets and the unconnected UDP sockets of both families.
  mutating func listeners() throws(NetlinkError) -> [(IPProtocol, DiagnosedSocket)] {
    var found: [(IPProtocol, DiagnosedSocket)] = []
    for family in AddressFamily.allCases {
      found += try tcpListeners(family).map { (.tcp, $0) }
      found += try udpListeners(family).map { (.udp, $0) }
    }
    return found
  }

  /// The TCP connections of some families.
  mutating func connections(
    _ families: [AddressFamily] = AddressFamily.allCases
  ) throws(NetlinkError) -> [DiagnosedSocket] {
    var found: [DiagnosedSocket] = []
    for family in families { found += try tcpConnections(family) }
    return found
  }
}
