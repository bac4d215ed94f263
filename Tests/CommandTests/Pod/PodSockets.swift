import CNetfilter
import Glibc
import SystemPackage

/// Listeners of a pod in the thread's namespace, there for as long as this is.
final class PodSockets {
  private var files: [Int32] = []

  deinit { files.forEach { close($0) } }

  /// The listeners of a sidecar, in IPv4.
  static func sidecar() throws -> PodSockets {
    let sockets = PodSockets()
    for port in [15000, 15001, 15004, 15006, 15020, 15021, 15090] as [UInt16] {
      try sockets.listen(port, of: 1337)
    }
    return sockets
  }

  /// Listens on a port of every IPv4 address as a user.
  @discardableResult
  func listen(_ port: UInt16, of user: UInt32) throws -> Int32 {
    setfsuid(user)
    defer { setfsuid(0) }
    let file = try Connection.listener(at: .any(AF_INET, port)).release()
    files.append(file)
    return file
  }
}
