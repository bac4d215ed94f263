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

  /// Reads the TCP sockets on some ports of the thread's namespace, and the processes of some of them.
  ///
  /// - Parameters:
  ///   - ports: the local ports.
  ///   - needsProcesses: true for a socket whose processes are wanted.
  public static func readTCP(
    on ports: [Port], processesOf needsProcesses: (ListeningSocket) -> Bool
  ) throws(NetlinkError) -> NamespaceListeners {
    let families = SocketStatistics.tcpFamilies
    guard !families.isEmpty, !ports.isEmpty else { return NamespaceListeners(sockets: []) }
    var connection = try SocketConnection.open()
    var found: [DiagnosedSocket] = []
    for family in families { found += try connection.tcpListeners(family) }
    let relevant = found.filter { ports.contains(Port(rawValue: $0.port)) }
    let sought = relevant.filter { needsProcesses(ListeningSocket($0, .tcp, [])) }
    let holders = SocketHolders(of: Set(sought.map(\.inode)))
    return NamespaceListeners(sockets: relevant.map { ListeningSocket($0, .tcp, holders[$0.inode]) })
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
