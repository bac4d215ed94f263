import CNetfilter
import Glibc
import Intercept
import SystemPackage

/// A TCP socket on which nothing waits, closed at the end of its life.
struct TCPSocket: ~Copyable {
  let descriptor: Int32

  private init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  static func open(_ family: IPFamily) throws(Errno) -> TCPSocket {
    let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    return TCPSocket(adopting: try systemCall { socket(family.domain, Int32(type), 0) })
  }

  /// Waits for connections to an address. Another socket of the same user may do so as well, if it says so too:
  /// the proxy may be running already.
  static func listening(at address: Endpoint) throws(Errno) -> TCPSocket {
    let socket = try open(address.family)
    try socket.setOption(SO_REUSEADDR)
    try socket.setOption(SO_REUSEPORT)
    try socket.bind(to: address)
    try systemCall { listen(socket.descriptor, SOMAXCONN) }
    return socket
  }

  func bind(to address: Endpoint) throws(Errno) {
    try systemCall { unsafe address.withSystemForm { unsafe Glibc.bind(descriptor, $0, $1) } }
  }

  /// Begins to connect; `EINPROGRESS` is how the kernel says that it has begun.
  func connect(to address: Endpoint) throws(Errno) {
    try systemCall { unsafe address.withSystemForm { unsafe Glibc.connect(descriptor, $0, $1) } }
  }

  /// A connection that has arrived; nil if there is none, or it is gone again.
  func accept() -> TCPSocket? {
    (try? systemCall { Glibc.accept(descriptor, nil, nil) }).map { TCPSocket(adopting: $0) }
  }
}

extension TCPSocket {
  /// What came of connecting.
  func connectionError() throws(Errno) -> Errno? {
    let error = try option(SOL_SOCKET, SO_ERROR, Int32(0))
    return error == 0 ? nil : Errno(rawValue: error)
  }

  /// The port that an accepted connection was for before a rule sent it here.
  func originalPort(_ family: IPFamily) throws(Errno) -> Port {
    // The option has one number in both families, and the port one place.
    let address = try option(level(family), SO_ORIGINAL_DST, sockaddr_storage())
    let port = unsafe withUnsafeBytes(of: address) { unsafe $0.load(as: sockaddr_in.self).sin_port }
    return Port(rawValue: UInt16(bigEndian: port))
  }

  /// The level at which options of IP itself are asked for.
  func level(_ family: IPFamily) -> Int32 {
    switch family {
    case .ipv4: Int32(IPPROTO_IP)
    case .ipv6: Int32(IPPROTO_IPV6)
    }
  }

  /// Reads an option that is a question and its answer: the bytes are both.
  func read(_ level: Int32, _ name: Int32, into bytes: inout [UInt8]) throws(Errno) {
    var size = socklen_t(bytes.count)
    try systemCall { unsafe getsockopt(descriptor, level, name, &bytes, &size) }
  }

  private func setOption(_ name: Int32) throws(Errno) {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    try systemCall { unsafe setsockopt(descriptor, SOL_SOCKET, name, &on, size) }
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

/// A connection's whole life by a deadline; each of these throws `ETIMEDOUT` when it has passed.
extension TCPSocket {
  /// Connects and waits until it is so.
  func connect(to address: Endpoint, by deadline: ContinuousClock.Instant) throws(Errno) {
    do throws(Errno) {
      try connect(to: address)
    } catch {
      guard error == .nowInProgress else { throw error }
      try wait(for: POLLOUT, until: deadline)
      if let error = try connectionError() { throw error }
    }
  }

  /// Sends all bytes.
  func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(Errno) {
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

  /// What comes next, up to a kilobyte; nothing at the end of the connection.
  func receive(by deadline: ContinuousClock.Instant) throws(Errno) -> [UInt8] {
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
      // One more than is left, so that the deadline has passed when nothing happens.
      let result = unsafe poll(&polled, 1, Int32(min(left + 1, Double(Int32.max))))
      if result > 0 { return }
      if result == -1, Errno.current != .interrupted { throw .current }
    }
  }
}
