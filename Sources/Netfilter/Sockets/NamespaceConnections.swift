public import Intercept
public import Netlink
import RouteNetlink

/// The TCP connections of a network namespace.
public struct NamespaceConnections: Hashable, Sendable {
  public let sockets: [ConnectedSocket]

  /// Reads the sockets of the thread's namespace over sock_diag, except those in TIME-WAIT, and their processes as far
  /// as /proc shows them.
  public static func read() throws(NetlinkError) -> NamespaceConnections {
    var connection = try SocketConnection.open()
    let found = try connection.connections()
    let holders = SocketHolders(of: Set(found.map(\.inode)))
    return NamespaceConnections(sockets: found.compactMap { ConnectedSocket($0, holders[$0.inode]) })
  }

  /// The number of connections of the thread's namespace. A connection between two of its sockets counts once.
  public static func count() throws(NetlinkError) -> Int {
    let families = SocketStatistics.tcpFamilies
    guard !families.isEmpty else { return 0 }
    var connection = try SocketConnection.open()
    let found = try connection.connections(families)
    guard found.count > 1 else { return found.count }
    return Set(found.map { Set([$0.local, $0.remote]) }).count
  }
}

extension ConnectedSocket {
  /// Nil for a socket in a state that this program does not know. The user 0 of a socket that no process has open may be any
  /// user: the kernel does not keep that of a closed connection, and older ones not that of one in the backlog.
  init?(_ socket: DiagnosedSocket, _ processes: [ListeningSocket.Process]) {
    guard let state = TCPState(rawValue: socket.state) else { return nil }
    self.init(
      local: socket.local, remote: socket.remote, state,
      of: socket.inode == 0 && socket.user == 0 ? nil : UserID(rawValue: socket.user),
      sentBytes: socket.sentBytes, receivedBytes: socket.receivedBytes,
      processes: processes)
  }
}

extension DiagnosedSocket {
  fileprivate var local: Endpoint { endpoint(bytes, port) }
  fileprivate var remote: Endpoint { endpoint(remoteBytes, remotePort) }

  private func endpoint(_ bytes: [UInt8], _ port: UInt16) -> Endpoint {
    let address = IPAddress(family == .ipv4 ? .ipv4 : .ipv6, bits: UInt128(bigEndianBytes: bytes))
    return Endpoint(address.unmapped, Port(rawValue: port))
  }
}
