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

/// A netlink socket (libmnl's `mnl_socket`), closed at the end of its life. It stays in the network
/// namespace that it was opened in, even if its thread enters another one.
@safe package struct NetlinkSocket: ~Copyable, NetlinkTransport {
  private let socket: OpaquePointer
  private let timeout: Milliseconds
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferSize, alignment: 16)

  /// Twice the largest datagram that the kernel makes when dumping.
  private static var bufferSize: Int { 1 << 16 }

  private typealias Milliseconds = Int

  private init(adopting socket: OpaquePointer, timeout: Milliseconds) {
    unsafe self.socket = socket
    self.timeout = timeout
  }

  deinit {
    unsafe _ = mnl_socket_close(socket)
    unsafe buffer.deallocate()
  }

  /// Opens a socket in the thread's network namespace.
  ///
  /// - Parameter timeout: the time limit of an answer in milliseconds. The kernel answers before the send
  ///   returns, so this only keeps a lost answer from becoming a hang.
  package static func open(_ bus: NetlinkBus, timeout: Int = 5000) throws(NetlinkFailure) -> NetlinkSocket {
    guard let pointer = unsafe mnl_socket_open2(bus.number, Int32(SOCK_CLOEXEC.rawValue)) else {
      throw .call("opening a netlink socket", .current)
    }
    let socket = unsafe NetlinkSocket(adopting: pointer, timeout: timeout)
    guard unsafe mnl_socket_bind(pointer, 0, MNL_SOCKET_AUTOPID) == 0 else {
      throw .call("binding a netlink socket", .current)
    }
    socket.setOption(SOL_NETLINK, NETLINK_EXT_ACK, Int32(1))
    socket.setOption(SOL_NETLINK, NETLINK_CAP_ACK, Int32(1))
    let wait = timeval(tv_sec: timeout / 1000, tv_usec: timeout % 1000 * 1000)
    guard socket.setOption(SOL_SOCKET, SO_RCVTIMEO, wait) else { throw .call("SO_RCVTIMEO", .current) }
    return socket
  }

  /// The file descriptor for `poll`.
  package var descriptor: Int32 { unsafe mnl_socket_get_fd(socket) }

  /// Subscribes to a group of notifications (NFNLGRP_*, RTNLGRP_*).
  package func join(_ group: UInt32) throws(NetlinkFailure) {
    guard setOption(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, Int32(bitPattern: group)) else {
      throw .call("joining a netlink group", .current)
    }
  }

  package var portID: UInt32 { unsafe mnl_socket_get_portid(socket) }

  package mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
    let sent: Int
    do throws(Errno) {
      sent = unsafe try datagram.withUnsafeBufferPointer { (bytes) throws(Errno) in
        try systemCall { unsafe mnl_socket_sendto(socket, bytes.baseAddress, bytes.count) }
      }
    } catch {
      throw .call("sending to the kernel", error)
    }
    guard sent == datagram.count else { throw .malformed("\(sent) of \(datagram.count) bytes were sent") }
  }

  package mutating func receive() throws(NetlinkFailure) -> [UInt8] {
    do throws(Errno) {
      let received = try systemCall { unsafe mnl_socket_recvfrom(socket, buffer.baseAddress, buffer.count) }
      return unsafe Array(buffer.prefix(received))
    } catch {
      throw receiveFailure(error)
    }
  }

  private func receiveFailure(_ errno: Errno) -> NetlinkFailure {
    switch errno {
    case .wouldBlock, .resourceTemporarilyUnavailable: .noReply(milliseconds: timeout)
    case .noBufferSpace: .repliesLost
    // libmnl reports MSG_TRUNC as ENOSPC.
    case .noSpace: .truncated
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
    let result = unsafe getsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, option, &size, &length)
    return result == 0 ? size : 0
  }

  @discardableResult
  private func setOption(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable) -> Bool {
    unsafe withUnsafeBytes(of: value) { bytes in
      let length = socklen_t(bytes.count)
      return unsafe setsockopt(mnl_socket_get_fd(socket), level, option, bytes.baseAddress, length) == 0
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
