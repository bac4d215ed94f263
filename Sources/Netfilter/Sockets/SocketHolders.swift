import Intercept
import Namespaces

/// The processes that have a socket open, as far as /proc shows them: those of the namespace, and for sockets that none of
/// them has open, those of any namespace.
struct SocketHolders {
  private var processes: [UInt32: [ListeningSocket.Process]] = [:]

  /// Finds the processes that have sockets with these inodes open, without those that cannot be read.
  init(of inodes: Set<UInt32>) {
    guard !inodes.isEmpty else { return }
    let own = NamespaceProcesses.ofThread
    add(own, inodes)
    // A socket that no process has open has the inode 0.
    let missing = inodes.filter { $0 != 0 && processes[$0] == nil }
    guard !missing.isEmpty else { return }
    add(NamespaceProcesses.visible.filter { !own.contains($0) }, missing)
  }

  private mutating func add(_ ids: [Int32], _ inodes: Set<UInt32>) {
    for id in ids {
      let held = Self.sockets(of: id, among: inodes)
      if held.isEmpty { continue }
      let process = ListeningSocket.Process(id: id, name: ProcessFiles.line("/proc/\(id)/comm") ?? "?")
      for inode in held { processes[inode, default: []].append(process) }
    }
  }

  subscript(inode: UInt32) -> [ListeningSocket.Process] { processes[inode] ?? [] }

  private static func sockets(of id: Int32, among inodes: Set<UInt32>) -> Set<UInt32> {
    var found: Set<UInt32> = []
    ProcessFiles.forEachLink(in: "/proc/\(id)/fd") { target in
      if let inode = target.socketNumber, inodes.contains(inode) { found.insert(inode) }
    }
    return found
  }
}

extension Span<UInt8> {
  /// N of `socket:[N]`.
  fileprivate var socketNumber: UInt32? {
    guard count > 9, self[count - 1] == UInt8(ascii: "]") else { return nil }
    for (index, byte) in "socket:[".utf8.enumerated() where self[index] != byte { return nil }
    var number: UInt32 = 0
    for index in 8..<(count - 1) {
      let digit = UInt32(self[index] &- UInt8(ascii: "0"))
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      guard digit < 10, !overflow else { return nil }
      let (sum, carry) = product.addingReportingOverflow(digit)
      guard !carry else { return nil }
      number = sum
    }
    return number
  }
}
