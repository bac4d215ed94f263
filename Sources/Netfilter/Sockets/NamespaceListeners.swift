import Glibc
public import Intercept
public import Netlink
import RouteNetlink
import SystemPackage

/// The listening sockets of a network namespace.
public struct NamespaceListeners: Hashable, Sendable {
  public let sockets: [ListeningSocket]

  /// Reads the sockets of the thread's namespace over sock_diag, and their processes as far as /proc shows them.
  ///
  /// - Parameter ports: the ports of the sockets; nil for all.
  public static func read(on ports: [Port]? = nil) throws(NetlinkError) -> NamespaceListeners {
    var connection = try SocketConnection.open()
    var found = try connection.listeners()
    if let ports { found.removeAll { !ports.contains(Port(rawValue: $1.port)) } }
    let holders = SocketHolders(of: Set(found.map(\.1.inode)))
    return NamespaceListeners(sockets: found.map { ListeningSocket($1, $0, holders[$1.inode]) })
  }
}

extension ListeningSocket {
  init(_ socket: DiagnosedSocket, _ proto: IPProtocol, _ processes: [Process]) {
    let bits = UInt128(bigEndianBytes: socket.bytes)
    self.init(
      proto, IPAddress(socket.family == .ipv4 ? .ipv4 : .ipv6, bits: bits), Port(rawValue: socket.port),
      of: UserID(rawValue: socket.user), isIPv6Only: socket.isIPv6Only, isTransparent: socket.isTransparent,
      processes: processes)
  }
}
