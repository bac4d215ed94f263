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
  /// - Parameter needsProcesses: true for a socket whose processes are wanted. To find any, the open files of all
  ///   processes are read.
  public static func read(
    processesOf needsProcesses: (ListeningSocket) -> Bool = { _ in true }
  ) throws(NetlinkError) -> NamespaceListeners {
    var connection = try SocketConnection.open()
    let found = try connection.listeners()
    let sought = found.filter { needsProcesses(ListeningSocket($1, $0, [])) }
    let holders = SocketHolders(of: Set(sought.map(\.1.inode)))
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
