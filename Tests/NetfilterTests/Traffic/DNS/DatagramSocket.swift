import Glibc
import Intercept
import SystemPackage

/// A UDP socket of an owner's, at an address and a port, in the namespace of the thread that opened it.
final class DatagramSocket {
  private let file: FileDescriptor

  init(at end: Endpoint, of owner: SocketOwner?) throws {
    file = try SocketCalls.open(end.address.family, .udp, as: owner)
    switch end.address.family {
    case .ipv4: try SocketCalls.set(file, Int32(IPPROTO_IP), 15, 1)  // IP_FREEBIND
    case .ipv6: try SocketCalls.set(file, Int32(IPPROTO_IPV6), 78, 1)  // IPV6_FREEBIND
    }
    try SocketCalls.bind(file, end)
  }

  deinit { try? file.close() }

  func send(_ text: String, to end: Endpoint) -> Bool { SocketCalls.send(file, Array(text.utf8), end) }

  /// The next datagram and who sent it; nil if none comes.
  func receive(within milliseconds: Int32) -> (text: String, sender: Endpoint)? {
    Self.first(of: [self], within: milliseconds).flatMap { SocketCalls.receive($0.file) }
  }

  /// The first of some sockets that receives a datagram; nil if none does.
  static func first(of sockets: [DatagramSocket], within milliseconds: Int32) -> DatagramSocket? {
    var polled = sockets.map { pollfd(fd: $0.file.rawValue, events: Int16(POLLIN), revents: 0) }
    guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return nil }
    return polled.firstIndex { $0.revents != 0 }.map { sockets[$0] }
  }
}
