import CNetfilter
import Glibc
package import Intercept
import Netlink
package import SystemPackage

/// A non-blocking TCP or UDP socket, closed at the end of its life.
package struct InternetSocket: ~Copyable {
  package let descriptor: Int32

  private init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// - Parameter isStream: true for TCP, false for UDP.
  package static func open(_ family: IPFamily, isStream: Bool = true) throws(Errno) -> InternetSocket {
    let type = (isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    return InternetSocket(adopting: try systemCall { socket(family.domain, Int32(type), 0) })
  }

  /// A socket that listens at an address. SO_REUSEPORT lets another socket of the same user that sets it too share the
  /// port: the proxy may start meanwhile.
  package static func listening(at address: Endpoint) throws(Errno) -> InternetSocket {
    let socket = try open(address.family)
    try socket.setOption(SO_REUSEADDR)
    try socket.setOption(SO_REUSEPORT)
    try socket.bind(to: address)
    try systemCall { listen(socket.descriptor, SOMAXCONN) }
    return socket
  }

  package func bind(to address: Endpoint) throws(Errno) {
    try systemCall { unsafe address.withSystemForm { unsafe Glibc.bind(descriptor, $0, $1) } }
  }

  /// Starts to connect; throws `EINPROGRESS` unless the connection is complete at once.
  package func connect(to address: Endpoint) throws(Errno) {
    try systemCall { unsafe address.withSystemForm { unsafe Glibc.connect(descriptor, $0, $1) } }
  }

  /// The local port (`getsockname`).
  package func localPort() throws(Errno) -> Port {
    var bytes = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_in6>.size)
    var size = socklen_t(bytes.count)
    try systemCall {
      unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe getsockname(
          descriptor, buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
      }
    }
    // The place of the port is the same in both families.
    return Port(rawValue: UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
  }

  /// The next accepted connection; nil if there is none.
  package func accept() -> InternetSocket? {
    (try? systemCall { Glibc.accept(descriptor, nil, nil) }).map { InternetSocket(adopting: $0) }
  }
}

extension InternetSocket {
  /// The outcome of connecting (SO_ERROR).
  package func connectionError() throws(Errno) -> Errno? {
    let error = try option(SOL_SOCKET, SO_ERROR, Int32(0))
    return error == 0 ? nil : Errno(rawValue: error)
  }

  /// The level of IP options for `getsockopt`.
  package func level(_ family: IPFamily) -> Int32 {
    switch family {
    case .ipv4: Int32(IPPROTO_IP)
    case .ipv6: Int32(IPPROTO_IPV6)
    }
  }

  /// Reads an option whose buffer is both input and output.
  package func read(_ level: Int32, _ name: Int32, into bytes: inout [UInt8]) throws(Errno) {
    var size = socklen_t(bytes.count)
    try systemCall { unsafe getsockopt(descriptor, level, name, &bytes, &size) }
  }

  func setOption(_ name: Int32, _ value: Int32 = 1) throws(Errno) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    try systemCall { unsafe setsockopt(descriptor, SOL_SOCKET, name, &value, size) }
  }

  private func option<Value: BitwiseCopyable>(
    _ level: Int32, _ name: Int32, _ initial: Value
  ) throws(Errno) -> Value {
    var value = initial
    var size = socklen_t(MemoryLayout<Value>.size)
    try systemCall { unsafe getsockopt(descriptor, level, name, &value, &size) }
    return value
  }
}

extension IPFamily {
  fileprivate var domain: Int32 {
    switch self {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    }
  }
}

/// Blocking operations with a deadline. Each throws `ETIMEDOUT` after it.
extension InternetSocket {
  /// Connects and waits for the connection.
  package func connect(to address: Endpoint, by deadline: ContinuousClock.Instant) throws(Errno) {
    do throws(Errno) {
      try connect(to: address)
    } catch {
      guard error == .nowInProgress else { throw error }
      try wait(for: POLLOUT, until: deadline)
      if let error = try connectionError() { throw error }
    }
  }

  /// Sends all bytes.
  package func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(Errno) {
    var rest = bytes
    while !rest.isEmpty {
      try wait(for: POLLOUT, until: deadline)
      do throws(Errno) {
        let count = try systemCall {
          unsafe Glibc.send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
        }
        rest.removeFirst(count)
      } catch {
        guard error == .wouldBlock else { throw error }
      }
    }
  }

  /// The next bytes, at most a kilobyte; empty at the end of the connection.
  package func receive(by deadline: ContinuousClock.Instant) throws(Errno) -> [UInt8] {
    while true {
      try wait(for: POLLIN, until: deadline)
      var bytes = [UInt8](repeating: 0, count: 1024)
      let size = bytes.count
      do throws(Errno) {
        let count = try systemCall { unsafe recv(descriptor, &bytes, size, 0) }
        return Array(bytes.prefix(count))
      } catch {
        guard error == .wouldBlock else { throw error }
      }
    }
  }

  private func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(Errno) {
    while true {
      var polled = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { throw .timedOut }
      // Rounded up, so that the deadline has passed when `poll` times out.
      let result = unsafe poll(&polled, 1, Int32(min(left + 1, Double(Int32.max))))
      if result > 0 { return }
      if result == -1, Errno.current != .interrupted { throw .current }
    }
  }
}
