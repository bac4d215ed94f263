import CNamespaces
import Glibc

/// A network namespace, deleted with this value.
package final class Namespace {
  private let file: Int32

  /// Creates a namespace and enters it.
  package init() throws {
    guard unshare(NEW_NETWORK_NAMESPACE) == 0 else {
      throw Trouble("unshare: \(String(cString: strerror(errno)))")
    }
    file = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Trouble("/proc/self/ns/net: \(String(cString: strerror(errno)))") }
  }

  deinit { close(file) }

  /// A path of the namespace that other programs can open.
  package var path: String { "/proc/\(getpid())/fd/\(file)" }

  /// Enters the namespace; programs started afterwards inherit it.
  package func enter() throws {
    guard setns(file, NEW_NETWORK_NAMESPACE) == 0 else {
      throw Trouble("setns: \(String(cString: strerror(errno)))")
    }
  }
}
