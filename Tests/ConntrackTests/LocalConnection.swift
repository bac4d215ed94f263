import Glibc
import SystemPackage

/// Sockets of both ends of connections over loopback, closed at the end.
final class LocalConnections {
  private var files: [Int32] = []

  deinit { files.forEach { close($0) } }

  /// Listens on a port of 127.0.0.1, or of ::1.
  func listen(_ port: UInt16, isIPv6: Bool = false) throws {
    let file = try open(isIPv6, SOCK_STREAM)
    try check(address(port, isIPv6) { bind(file, $0, $1) })
    try check(Glibc.listen(file, 4096))
  }

  /// Connects over TCP, or sends a byte over UDP.
  func connect(_ port: UInt16, isIPv6: Bool = false, isUDP: Bool = false) throws {
    let file = try open(isIPv6, isUDP ? SOCK_DGRAM : SOCK_STREAM)
    try check(address(port, isIPv6) { Glibc.connect(file, $0, $1) })
    _ = send(file, "x", 1, Int32(MSG_NOSIGNAL))
  }

  /// Closes all sockets, the clients' with a reset.
  func closeAll() {
    files.forEach { close($0) }
    files = []
  }

  private func open(_ isIPv6: Bool, _ type: __socket_type) throws -> Int32 {
    let file = socket(isIPv6 ? AF_INET6 : AF_INET, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    try check(file)
    files.append(file)
    var lingering = linger(l_onoff: 1, l_linger: 0)
    try check(setsockopt(file, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size)))
    return file
  }

  private func check(_ result: Int32) throws {
    guard result >= 0 else { throw Errno(rawValue: errno) }
  }

  private func address(
    _ port: UInt16, _ isIPv6: Bool, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    if isIPv6 {
      var form = sockaddr_in6()
      (form.sin6_family, form.sin6_port) = (sa_family_t(AF_INET6), port.bigEndian)
      form.sin6_addr = in6addr_loopback
      return lend(form, body)
    }
    var form = sockaddr_in()
    (form.sin_family, form.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    form.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return lend(form, body)
  }

  private func lend<Form>(
    _ form: Form, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: form) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Form>.size))
      }
    }
  }
}
