import CNetfilter
import Glibc
import Netlink
public import SystemPackage

/// A network namespace: that of this process, of a file or of another process.
public enum NetworkNamespace: Hashable, Sendable {
  case current
  /// A file such as `/var/run/netns/NAME` or `/proc/PID/ns/net`.
  case path(String)
  /// The namespace of a process, by its id in the PID namespace of this process.
  case process(Int32)

  /// Runs a body inside the namespace and returns its result or throws its error.
  ///
  /// Sockets opened by the body stay in the namespace. The body runs on a new thread, which is discarded
  /// afterwards; in the calling thread's namespace it runs on the calling thread.
  ///
  /// - Throws: ``NamespaceError`` if the namespace cannot be entered.
  public func run<Success>(_ body: () throws -> Success) throws -> Success {
    guard let path else { return try body() }
    let file = try Self.open(path)
    return try file.closeAfter {
      try Self.check(file, path)
      if Self.isCurrent(file) { return try body() }
      return try OwnThread.run {
        try Self.enter(file, path)
        return try body()
      }
    }
  }

  /// The file of the namespace; nil for the current one.
  var path: String? {
    switch self {
    case .current: nil
    case .path(let path): path
    case .process(let pid): "/proc/\(pid)/ns/net"
    }
  }
}

extension NetworkNamespace {
  static func open(_ path: String) throws(NamespaceError) -> FileDescriptor {
    do {
      // Opening a named pipe must not block.
      return try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw .unreachable(path, error as? Errno ?? .ioError)
    }
  }

  private static func check(_ file: FileDescriptor, _ path: String) throws(NamespaceError) {
    var fileSystem = statfs()
    guard unsafe fstatfs(file.rawValue, &fileSystem) == 0 else { throw .unreachable(path, .current) }
    guard fileSystem.f_type == NSFS_MAGIC else { throw .noNamespace(path) }
    guard cnetfilter_namespace_type(file.rawValue) == CNETFILTER_CLONE_NEWNET else {
      throw .noNetworkNamespace(path)
    }
  }

  private static func isCurrent(_ file: FileDescriptor) -> Bool {
    var mine = stat()
    var other = stat()
    guard unsafe stat("/proc/thread-self/ns/net", &mine) == 0, unsafe fstat(file.rawValue, &other) == 0
    else { return false }
    return mine.st_dev == other.st_dev && mine.st_ino == other.st_ino
  }

  private static func enter(_ file: FileDescriptor, _ path: String) throws(NamespaceError) {
    guard setns(file.rawValue, Int32(CNETFILTER_CLONE_NEWNET)) == 0 else {
      throw .refused(path, .current)
    }
  }
}

/// A network namespace that could not be entered.
public enum NamespaceError: Error, Hashable, Sendable {
  /// The file could not be opened.
  case unreachable(String, Errno)
  /// The file is not a namespace: for example the mount point that a deleted namespace leaves.
  case noNamespace(String)
  /// The file is a namespace of another kind.
  case noNetworkNamespace(String)
  /// The kernel did not let the thread in.
  case refused(String, Errno)
}

extension NamespaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let name, .noSuchFileOrDirectory) where !name.contains("/"):
      "no network namespace \(name) (looked for ./\(name) and /run/netns/\(name))"
    case .unreachable(let path, let errno): "cannot open network namespace \"\(path)\": \(errno)"
    case .noNamespace(let path): "\"\(path)\" is not a namespace"
    case .noNetworkNamespace(let path): "\"\(path)\" is a namespace, but not a network namespace"
    case .refused(let path, .notPermitted):
      "cannot enter network namespace \"\(path)\": not permitted, CAP_SYS_ADMIN is needed"
    case .refused(let path, let errno): "cannot enter network namespace \"\(path)\": \(errno)"
    }
  }
}

extension NetworkNamespace {
  /// Runs a body while no other process of this program runs one for the same namespace.
  ///
  /// Rules and routing cannot change in one transaction: of two concurrent runs, one would remove the routing
  /// that the other has just found. The lock is a `flock` on the namespace file itself, so it needs no file of
  /// its own and ends with its holder.
  ///
  /// Every process that can open the namespace can hold the lock, so waiting is limited: after ten seconds the
  /// body runs without it. The rules themselves do not need the lock.
  public func exclusively<Success>(_ body: () throws -> Success) throws -> Success {
    let file = try Self.open(path ?? "/proc/thread-self/ns/net")
    return try file.closeAfter {
      Self.lock(file)
      return try body()
    }
  }

  private static func lock(_ file: FileDescriptor) {
    for _ in 0..<lockAttempts {
      if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return }
      usleep(lockPause)
    }
  }

  private static var lockAttempts: Int { 5000 }
  /// In microseconds.
  private static var lockPause: UInt32 { 2000 }
}
