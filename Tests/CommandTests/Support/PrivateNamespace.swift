import CNetfilter
import Glibc
import Netfilter
import SystemPackage

/// Whether this process may make network namespaces; tests on the kernel are skipped where it may not.
let canUseKernel = geteuid() == 0

/// Runs a body on a thread of its own, in a network namespace that only that thread and what it starts are in, and
/// that is gone when they end. Its loopback interface is up.
func withNamespace<Result>(_ body: () throws -> Result) throws -> Result {
  try OwnThread.run {
    guard unshare(CInt(CNETFILTER_CLONE_NEWNET)) == 0 else { throw Errno(rawValue: errno) }
    try Program.require("ip", "link", "set", "lo", "up")
    return try body()
  }
}
