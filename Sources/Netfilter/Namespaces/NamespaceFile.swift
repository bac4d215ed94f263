import CNetfilter
import Glibc
import Netlink
import SystemPackage

/// An open file of nsfs that is a network namespace, closed at the end of its life.
final class NamespaceFile: Sendable {
  /// The path that was opened.
  let path: String
  private let file: FileDescriptor
  private let identity: Identity

  /// The file's device and inode, which identify a namespace while it is open.
  private struct Identity: Hashable {
    let device: UInt
    let inode: UInt
  }

  /// Opens a path and checks the kind of its file.
  convenience init(_ path: String) throws(NamespaceError) {
    try self.init(adopting: try Self.open(path), path)
  }

  /// Opens a path, or a name that `ip netns add` has given. A file in the working directory has precedence.
  convenience init(named name: String) throws(NamespaceError) {
    do throws(NamespaceError) {
      try self.init(adopting: try Self.open(name), name)
    } catch .unreachable(_, .noSuchFileOrDirectory) where !name.contains("/") {
      let path = "/run/netns/\(name)"
      // A message names both places.
      let file = try mapError(try Self.open(path)) { (error: NamespaceError) in
        error == .unreachable(path, .noSuchFileOrDirectory)
          ? NamespaceError.unreachable(name, .noSuchFileOrDirectory) : error
      }
      try self.init(adopting: file, path)
    }
  }

  private init(adopting file: FileDescriptor, _ path: String) throws(NamespaceError) {
    self.path = path
    self.file = file
    do throws(NamespaceError) {
      try Self.check(file, path)
      guard let identity = unsafe Self.identity({ unsafe fstat(file.rawValue, $0) }) else {
        throw .unreachable(path, .current)
      }
      self.identity = identity
    } catch {
      // A class that throws before all its fields are set does not run its deinit.
      try? file.close()
      throw error
    }
  }

  deinit { try? file.close() }

  /// A path for another descriptor of the same namespace. A descriptor of its own holds a `flock` of its own.
  var reopeningPath: String { "/proc/thread-self/fd/\(file.rawValue)" }

  /// True if the namespace is the calling thread's.
  var isCurrent: Bool { unsafe Self.identity { unsafe stat("/proc/thread-self/ns/net", $0) } == identity }

  /// Moves the calling thread into the namespace.
  func enter() throws(NamespaceError) {
    guard setns(file.rawValue, Int32(CNETFILTER_CLONE_NEWNET)) == 0 else { throw .refused(path, .current) }
  }
}

extension NamespaceFile {
  private static func open(_ path: String) throws(NamespaceError) -> FileDescriptor {
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

  private static func identity(_ read: (UnsafeMutablePointer<stat>) -> Int32) -> Identity? {
    var status = stat()
    guard unsafe read(&status) == 0 else { return nil }
    return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
  }
}

extension NamespaceFile: Hashable {
  static func == (one: NamespaceFile, other: NamespaceFile) -> Bool { one.identity == other.identity }
  func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
