import Glibc
import SystemPackage

/// The turn of a program among those that write into a folder: an advisory lock on the folder (flock(2)).
///
/// The kernel ends it with the process, however that ends. It also holds between containers that mount the folder.
struct FolderLock {
  private let folder: FileDescriptor

  /// Waits for the turn.
  ///
  /// - Throws: `Errno.resourceBusy` after 10 s, or another error if the folder cannot be opened.
  init(_ path: FilePath) throws {
    folder = try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec])
    for _ in 0..<Self.attempts {
      if flock(folder.rawValue, LOCK_EX | LOCK_NB) == 0 { return }
      usleep(Self.pause)
    }
    try? folder.close()
    throw Errno.resourceBusy
  }

  private static let attempts = 500
  /// Microseconds between two attempts.
  private static let pause: UInt32 = 20_000

  func end() {
    try? folder.close()
  }
}
