import CNamespaces
import Glibc

/// A network namespace that lives as long as this value.
package final class Namespace {
  private let file: Int32

  /// Makes one and goes there.
  package init() throws {
    guard unshare(NEW_NETWORK_NAMESPACE) == 0 else {
      throw Trouble("unshare: \(String(cString: strerror(errno)))")
    }
    file = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Trouble("/proc/self/ns/net: \(String(cString: strerror(errno)))") }
  }

  deinit { close(file) }

  /// A name for it that other programs can open.
  package var path: String { "/proc/\(getpid())/fd/\(file)" }

  /// Goes there, and what is started from now on with it.
  package func enter() throws {
    guard setns(file, NEW_NETWORK_NAMESPACE) == 0 else {
      throw Trouble("setns: \(String(cString: strerror(errno)))")
    }
  }
}
