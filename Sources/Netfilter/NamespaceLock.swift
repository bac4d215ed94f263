import Glibc
import SystemPackage

extension NetworkNamespace {
  /// Runs a body while no other run of this program runs one for the same namespace.
  ///
  /// Rules and routing cannot change in one transaction, and of two runs at once one would take away the routing
  /// that the other has just seen and counts on. The lock is one on the namespace itself: no file is made for it,
  /// and it is gone when its holder is, however that ends.
  ///
  /// Whoever may look at the namespace may hold the lock, so it is not waited for without end: after some seconds
  /// the body runs without it. The rules themselves do not need it.
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
