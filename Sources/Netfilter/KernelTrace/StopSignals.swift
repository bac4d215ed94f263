import CNetfilter
import Glibc
import Netlink
import SystemPackage

/// SIGINT and SIGTERM as a file descriptor, for an orderly end (`signalfd`).
///
/// Create it before any other thread: threads inherit the blocked signals.
public final class StopSignals: Sendable {
  /// A descriptor that is readable after a signal.
  public let descriptor: Int32

  /// - Throws: `Errno` if no descriptor can be created.
  public init() throws {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM] { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // SFD_CLOEXEC is the same number.
    descriptor = unsafe signalfd(-1, &set, O_CLOEXEC)
    if descriptor < 0 { throw Errno.current }
  }

  deinit { close(descriptor) }

  /// The received signal.
  public func number() -> Int32 {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return unsafe read(descriptor, &information, size) == size ? Int32(information.ssi_signo) : SIGTERM
  }
}
