import Netlink
public import SystemPackage

/// A network namespace: that of the calling thread, or one that is open.
///
/// A path or process id is resolved once, when the namespace is opened. All later steps use the same descriptor, so
/// they cannot meet another namespace if the path or the process changes meanwhile.
public struct NetworkNamespace: Hashable, Sendable {
  /// Nil for the calling thread's namespace.
  private let file: NamespaceFile?

  private init(_ file: NamespaceFile?) { self.file = file }

  /// The namespace of the calling thread.
  public static let current = NetworkNamespace(nil)

  /// Opens a namespace.
  ///
  /// - Parameter name: a file such as `/proc/PID/ns/net`, or a name that `ip netns add` has given.
  public static func open(_ name: String) throws(NamespaceError) -> NetworkNamespace {
    NetworkNamespace(try NamespaceFile(named: name))
  }

  /// Opens the namespace of a process, by its id in the PID namespace of this process.
  public static func open(process: Int32) throws(NamespaceError) -> NetworkNamespace {
    do throws(NamespaceError) {
      return NetworkNamespace(try NamespaceFile("/proc/\(process)/ns/net"))
    } catch .unreachable(_, .noSuchFileOrDirectory) {
      throw .noProcess(process)
    }
  }

  /// The path that was opened; nil for the current namespace.
  public var path: String? { file?.path }

  /// Runs a body inside the namespace and returns its result or throws its error.
  ///
  /// Sockets opened by the body stay in the namespace. The body runs on a new thread, which is discarded
  /// afterwards; in the calling thread's namespace it runs on the calling thread.
  ///
  /// - Parameters:
  ///   - convert: the error to throw if the namespace cannot be entered.
  ///   - body: runs in the namespace.
  public func run<Success, Failure>(
    _ convert: (NamespaceError) -> Failure, _ body: () throws(Failure) -> Success
  ) throws(Failure) -> Success {
    guard let file, !file.isCurrent else { return try body() }
    return try OwnThread.run({ convert(.noThread($0)) }) { () throws(Failure) in
      try mapError(try file.enter(), convert)
      return try body()
    }
  }

  /// Runs a body inside the namespace.
  ///
  /// - Throws: ``NamespaceError`` if the namespace cannot be entered, or the body's error.
  public func run<Success>(_ body: () throws -> Success) throws -> Success {
    try run({ $0 as any Error }, body)
  }

  /// Runs a body while no other process of this program runs one for the same namespace.
  ///
  /// Rules and routing cannot change in one transaction: of two concurrent runs, one would remove the routing that
  /// the other has just found.
  ///
  /// - Parameters:
  ///   - time: the time limit for the lock. Every process that can open the namespace can hold it, so the body runs
  ///     without it afterwards; the packet rules themselves do not need it.
  ///   - convert: the error to throw if the namespace cannot be opened.
  ///   - body: receives the process that kept the lock; nil if the lock is held.
  public func exclusively<Success, Failure>(
    waiting time: Duration = .seconds(10), _ convert: (NamespaceError) -> Failure,
    _ body: (NamespaceLock.Holder?) throws(Failure) -> Success
  ) throws(Failure) -> Success {
    let lock = try mapError(try NamespaceLock(path: file?.reopeningPath, waiting: time), convert)
    return try body(lock.holder)
  }
}

extension NetworkNamespace: CustomStringConvertible {
  /// The name of the namespace in a sentence.
  public var description: String {
    path.map { "network namespace \"\($0)\"" } ?? "the current network namespace"
  }
}

/// A network namespace that could not be entered.
public enum NamespaceError: Error, Hashable, Sendable {
  /// The file could not be opened.
  case unreachable(String, Errno)
  /// No process has the id.
  case noProcess(Int32)
  /// The file is not a namespace: for example the mount point that a deleted namespace leaves.
  case noNamespace(String)
  /// The file is a namespace of another kind.
  case noNetworkNamespace(String)
  /// The kernel did not let the thread in.
  case refused(String, Errno)
  /// No thread could be created to enter the namespace.
  case noThread(Errno)
}

extension NamespaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let name, .noSuchFileOrDirectory) where !name.contains("/"):
      "no network namespace \(name) (looked for ./\(name) and /run/netns/\(name))"
    case .unreachable(let path, let errno): "cannot open network namespace \"\(path)\": \(errno)"
    case .noProcess(let id): "no process \(id)"
    case .noNamespace(let path): "\"\(path)\" is not a namespace"
    case .noNetworkNamespace(let path): "\"\(path)\" is a namespace, but not a network namespace"
    case .refused(let path, .notPermitted):
      "cannot enter network namespace \"\(path)\": not permitted, CAP_SYS_ADMIN is needed"
    case .refused(let path, let errno): "cannot enter network namespace \"\(path)\": \(errno)"
    case .noThread(let errno): "cannot start a thread: \(errno)"
    }
  }
}
