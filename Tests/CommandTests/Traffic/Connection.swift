import Glibc
import SystemPackage

/// A TCP socket. No call on it takes longer than half a minute.
struct Connection: ~Copyable {
  private let socket: Int32

  /// A socket that is not connected yet, in the thread's namespace.
  init(_ family: Int32) throws {
    socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Errno(rawValue: errno) }
    let patience = timeval(tv_sec: 30, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] { try set(SOL_SOCKET, option, patience) }
    // Closed at once and for good: thousands of sockets in TIME_WAIT would use up the ports.
    try set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
  }

  deinit { close(socket) }

  /// The socket, which the caller has to close.
  consuming func release() -> Int32 {
    let socket = self.socket
    discard self
    return socket
  }

  static func open(to endpoint: Endpoint) throws -> Connection {
    let connection = try Connection(endpoint.family)
    try check(endpoint.with { connect(connection.socket, $0, $1) })
    return connection
  }

  static func listener(at endpoint: Endpoint) throws -> Connection {
    let listener = try Connection(endpoint.family)
    try listener.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
    if endpoint.family == AF_INET6 { try listener.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, Int32(1)) }
    try check(endpoint.with { bind(listener.socket, $0, $1) })
    try check(listen(listener.socket, 1000))
    return listener
  }

  func send(_ bytes: [UInt8]) throws {
    try Self.check(Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count ? 0 : -1)
  }

  /// Exactly so many bytes.
  func receive(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = recv(socket, &bytes, count, Int32(MSG_WAITALL))
    guard received == count else { throw received < 0 ? Errno(rawValue: errno) : Errno.connectionReset }
    return bytes
  }

  private func set(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable) throws {
    try withUnsafeBytes(of: value) { bytes in
      try Self.check(setsockopt(socket, level, option, bytes.baseAddress, socklen_t(bytes.count)))
    }
  }

  private static func check(_ result: Int32) throws {
    guard result == 0 else { throw Errno(rawValue: errno) }
  }
}
