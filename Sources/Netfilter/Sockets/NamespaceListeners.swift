import Glibc
public import Intercept
import Namespaces
public import Netlink
import RouteNetlink
import SystemPackage

/// The listening sockets of a network namespace.
public struct NamespaceListeners: Hashable, Sendable {
  public let sockets: [ListeningSocket]

  /// Reads the sockets of the thread's namespace over sock_diag, and their processes as far as /proc shows them.
  public static func read() throws(NetlinkError) -> NamespaceListeners {
    var connection = try SocketConnection.open()
    var found: [(IPProtocol, DiagnosedSocket)] = []
    for family in AddressFamily.allCases {
      found += try connection.tcpListeners(family).map { (.tcp, $0) }
      found += try connection.udpListeners(family).map { (.udp, $0) }
    }
    let holders = SocketHolders(of: Set(found.map(\.1.inode)))
    return NamespaceListeners(sockets: found.map { ListeningSocket($1, $0, holders[$1.inode]) })
  }
}

extension ListeningSocket {
  fileprivate init(_ socket: DiagnosedSocket, _ proto: IPProtocol, _ processes: [Process]) {
    let bits = UInt128(bigEndianBytes: socket.bytes)
    self.init(
      proto, IPAddress(socket.family == .ipv4 ? .ipv4 : .ipv6, bits: bits), Port(rawValue: socket.port),
      of: UserID(rawValue: socket.user), isIPv6Only: socket.isIPv6Only, isTransparent: socket.isTransparent,
      processes: processes)
  }
}

/// The processes that have a socket open, as far as /proc shows them, in any namespace.
struct SocketHolders {
  private var processes: [UInt32: [ListeningSocket.Process]] = [:]

  /// Finds the processes that have sockets with these inodes open, without those that cannot be read.
  init(of inodes: Set<UInt32>) {
    for id in ProcessFiles.names("/proc").compactMap({ Int32($0) }).sorted() {
      let held = Self.sockets(of: id).intersection(inodes)
      if held.isEmpty { continue }
      let process = ListeningSocket.Process(id: id, name: ProcessFiles.line("/proc/\(id)/comm") ?? "?")
      for inode in held { processes[inode, default: []].append(process) }
    }
  }

  subscript(inode: UInt32) -> [ListeningSocket.Process] { processes[inode] ?? [] }

  private static func sockets(of id: Int32) -> Set<UInt32> {
    let folder = "/proc/\(id)/fd"
    return Set(ProcessFiles.names(folder).compactMap { ProcessFiles.link("\(folder)/\($0)")?.socketNumber })
  }
}

extension String {
  /// N of `socket:[N]`.
  fileprivate var socketNumber: UInt32? {
    hasPrefix("socket:[") && hasSuffix("]") ? UInt32(dropFirst(8).dropLast()) : nil
  }
}
