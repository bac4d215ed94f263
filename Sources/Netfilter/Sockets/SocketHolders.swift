import Glibc
import Intercept
import SystemPackage

/// Which processes have a socket: those whose files /proc shows, in whatever namespace they are by now.
struct SocketHolders {
  private var processes: [UInt32: [ListeningSocket.Process]] = [:]

  /// Looks for the processes that have sockets with these numbers. What cannot be read is left out.
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
