import CNetfilter
import Glibc
import Netlink
import SystemPackage

/// SIGINT and SIGTERM as something to wait for, so that what was begun can be ended.
///
/// Made before other threads are, which take over that the signals are held back.
public final class StopSignals: Sendable {
  /// Readable once a signal has come.
  public let descriptor: Int32

  /// - Throws: `Errno` if there can be no descriptor.
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

  /// The signal that has come.
  public func number() -> Int32 {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return unsafe read(descriptor, &information, size) == size ? Int32(information.ssi_signo) : SIGTERM
  }
}
