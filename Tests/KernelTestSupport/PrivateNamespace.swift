import CNetfilter
import Glibc
import Netfilter
import SystemPackage
import TestSupport

/// True if the tests on the kernel are to run. They need root; without it they are skipped, but fail in CI.
package let canUseKernel = geteuid() == 0 || isCI

/// False if the kernel is built without the tables of iptables-legacy. True if the program is missing: the tests then
/// fail.
package let hasLegacyTables: Bool = {
  guard canUseKernel else { return false }
  do {
    _ = try withNamespace { try run("iptables-legacy", "-t", "nat", "-S") }
    return true
  } catch let failure as ProgramFailure {
    return failure.outcome == nil
  } catch {
    return true
  }
}()

/// Runs a body on a new thread in a new network namespace, whose loopback interface is up. The namespace ends with
/// the thread and the programs started in it.
package func withNamespace<Result>(_ body: () throws -> Result) throws -> Result {
  try OwnThread.run {
    guard unshare(CInt(CNETFILTER_CLONE_NEWNET)) == 0 else { throw Errno(rawValue: errno) }
    try run("ip", "link", "set", "lo", "up")
    return try body()
  }
}
