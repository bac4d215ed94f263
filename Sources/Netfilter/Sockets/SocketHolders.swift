import Intercept
import Namespaces

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
