import Glibc
import Netlink
import SystemPackage

/// A lock among the runs of this program on one network namespace.
///
/// It is a `flock` on the namespace's file itself, so it needs no file of its own and ends with its holder.
public struct NamespaceLock: ~Copyable {
  /// The process that kept the lock until the time limit; nil if the lock was acquired.
  public let holder: Holder?
  private let file: FileDescriptor

  /// The process that holds a lock.
  public struct Holder: Hashable, Sendable {
    /// Nil if /proc/locks does not show it, as with a process of another PID namespace.
    public let process: Int32?
    /// The name of its program.
    public let name: String?
  }

  /// - Parameters:
  ///   - path: the namespace's file; nil for the calling thread's namespace.
  ///   - time: the time limit, after which the holder is looked up.
  init(path: String?, waiting time: Duration) throws(NamespaceError) {
    let path = path ?? "/proc/thread-self/ns/net"
    do {
      file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw .unreachable(path, error as? Errno ?? .ioError)
    }
    holder = Self.acquire(file, until: .now + time) ? nil : Holder(of: file)
  }

  deinit { try? file.close() }

  /// False if another process keeps the lock. An error of another kind is no reason to wait.
  private static func acquire(_ file: FileDescriptor, until end: ContinuousClock.Instant) -> Bool {
    while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK else { return true }
      guard .now < end else { return false }
      usleep(pause)
    }
    return true
  }

  /// The time between two attempts, in microseconds.
  private static var pause: UInt32 { 2000 }
}

extension NamespaceLock.Holder {
  /// Finds the holder in /proc/locks, whose lines have the form `1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0 EOF`.
  fileprivate init(of file: FileDescriptor) {
    var status = stat()
    let inode = unsafe fstat(file.rawValue, &status) == 0 ? ":\(status.st_ino)" : nil
    let line = inode.flatMap { inode in
      ProcessFiles.lines("/proc/locks").map { $0.split(separator: " ") }.first {
        $0.count > 5 && $0[1] == "FLOCK" && $0[5].hasSuffix(inode)
      }
    }
    process = line.flatMap { Int32($0[4]) }
    name = process.flatMap { ProcessFiles.line("/proc/\($0)/comm") }
  }
}

extension NamespaceLock.Holder: CustomStringConvertible {
  /// `process 4711 (flock)`.
  public var description: String {
    let name = name.map { " (\($0))" } ?? ""
    return process.map { "process \($0)\(name)" } ?? "another process"
  }
}
