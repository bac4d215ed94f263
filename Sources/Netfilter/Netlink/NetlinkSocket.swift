import CNetfilter
import Glibc
package import SystemPackage

/// The kernel subsystem of a netlink socket (NETLINK_*).
package enum NetlinkBus: Sendable {
  case netfilter
  case route
  case socketDiagnosis

  fileprivate var number: Int32 {
    switch self {
    case .netfilter: NETLINK_NETFILTER
    case .route: NETLINK_ROUTE
    case .socketDiagnosis: NETLINK_SOCK_DIAG
    }
  }
}

/// A netlink socket, closed at the end of its life. It stays in the network namespace that it was opened in, even if
/// its thread enters another one.
@safe package struct NetlinkSocket: ~Copyable, NetlinkTransport {
  /// The file descriptor for `poll`.
  package let descriptor: Int32
  private let timeout: Milliseconds
  private let buffer: UnsafeMutableRawBufferPointer
  /// The socket's address (`nl_pid`), which the kernel chooses when the socket is bound.
  package private(set) var portID: UInt32 = 0

  /// Twice the largest datagram that the kernel makes when dumping.
  private static var bufferSize: Int { 1 << 16 }

  private typealias Milliseconds = Int

  private init(adopting descriptor: Int32, timeout: Milliseconds) {
    self.descriptor = descriptor
    self.timeout = timeout
    unsafe buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
  }

  deinit {
    close(descriptor)
    unsafe buffer.deallocate()
  }

  /// Opens a socket in the thread's network namespace.
  ///
  /// - Parameter timeout: the time limit of an answer in milliseconds. The kernel answers before the send
  ///   returns, so this only keeps a lost answer from becoming a hang.
  package static func open(_ bus: NetlinkBus, timeout: Int = 5000) throws(NetlinkFailure) -> NetlinkSocket {
    let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = Glibc.socket(AF_NETLINK, type, bus.number)
    guard descriptor >= 0 else { throw .call("opening a netlink socket", .current) }
    var socket = NetlinkSocket(adopting: descriptor, timeout: timeout)
    try socket.bind()
    socket.setOption(SOL_NETLINK, NETLINK_EXT_ACK, Int32(1))
    socket.setOption(SOL_NETLINK, NETLINK_CAP_ACK, Int32(1))
    let wait = timeval(tv_sec: timeout / 1000, tv_usec: timeout % 1000 * 1000)
    guard socket.setOption(SOL_SOCKET, SO_RCVTIMEO, wait) else { throw .call("SO_RCVTIMEO", .current) }
    return socket
  }

  private mutating func bind() throws(NetlinkFailure) {
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        let bound = unsafe Glibc.bind(descriptor, generic, length)
        return unsafe bound == 0 ? getsockname(descriptor, generic, &length) : bound
      }
    }
    guard result == 0 else { throw .call("binding a netlink socket", .current) }
    portID = address.nl_pid
  }

  /// Subscribes to a group of notifications (NFNLGRP_*, RTNLGRP_*).
  package func join(_ group: UInt32) throws(NetlinkFailure) {
    guard setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(bitPattern: group)) else {
      throw .call("joining a netlink group", .current)
    }
  }

  package mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
    let sent: Int
    do throws(Errno) {
      sent = unsafe try datagram.withUnsafeBufferPointer { (bytes) throws(Errno) in
        try systemCall { unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, 0) }
      }
    } catch {
      throw .call("sending to the kernel", error)
    }
    guard sent == datagram.count else { throw .malformed("\(sent) of \(datagram.count) bytes were sent") }
  }

  package mutating func receive() throws(NetlinkFailure) -> [UInt8] {
    let size: Int
    do throws(Errno) {
      // With MSG_TRUNC the result is the whole size of the datagram.
      size = try systemCall {
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC))
      }
    } catch {
      throw receiveFailure(error)
    }
    guard unsafe size <= buffer.count else { throw .truncated }
    return unsafe Array(buffer.prefix(size))
  }

  private func receiveFailure(_ errno: Errno) -> NetlinkFailure {
    switch errno {
    case .wouldBlock, .resourceTemporarilyUnavailable: .noReply(milliseconds: timeout)
    case .noBufferSpace: .repliesLost
    default: .call("receiving from the kernel", errno)
    }
  }
}

extension NetlinkSocket {
  /// Bytes of the receive queue that an answer occupies: the kernel counts the buffer, not only the message.
  private var costOfReply: Int { 1280 }

  package mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure) {
    enlarge(SO_SNDBUF, forced: SO_SNDBUFFORCE, to: bytes + 1024)
    enlarge(SO_RCVBUF, forced: SO_RCVBUFFORCE, to: replies * costOfReply)
  }

  /// Grows a buffer beyond the system's limit if the process may, else up to that limit: a send that is still
  /// too large, or a queue that still overflows, has an error of its own.
  private func enlarge(_ option: Int32, forced: Int32, to size: Int) {
    let wanted = Int32(clamping: size)
    if bufferSize(option) >= wanted { return }
    if !setOption(SOL_SOCKET, forced, wanted) { setOption(SOL_SOCKET, option, wanted) }
  }

  private func bufferSize(_ option: Int32) -> Int32 {
    var size: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let result = unsafe getsockopt(descriptor, SOL_SOCKET, option, &size, &length)
    return result == 0 ? size : 0
  }

  @discardableResult
  private func setOption(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable) -> Bool {
    unsafe withUnsafeBytes(of: value) { bytes in
      let length = socklen_t(bytes.count)
      return unsafe setsockopt(descriptor, level, option, bytes.baseAddress, length) == 0
    }
  }
}

extension Errno {
  /// The calling thread's `errno`. Read it before anything else can set it.
  package static var current: Errno { Errno(rawValue: errno) }
}

/// Makes a system call, again for as long as a signal cuts it short (`EINTR`); -1 becomes the thrown errno.
@discardableResult
package func systemCall<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    let errno = Errno.current
    if errno != .interrupted { throw errno }
  }
}
