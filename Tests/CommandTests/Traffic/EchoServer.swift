import Glibc
import TestSupport

/// Answers TCP connections of both families from a thread in a namespace: says who it is and where the connection was
/// meant to go, then gives back what it gets.
struct EchoServer: ~Copyable {
  /// The byte by which a server identifies itself.
  enum Name: UInt8 {
    case proxy = 1
    case outside = 2
  }

  private let name: Name
  private let listeners: [Int32]
  private var connections: [Int32] = []

  init(_ name: Name, port: UInt16) throws {
    self.name = name
    listeners = try [AF_INET, AF_INET6].map { try Connection.listener(at: .any($0, port)).release() }
  }

  deinit { (listeners + connections).forEach { close($0) } }

  /// Answers until it is stopped.
  mutating func run(until isOver: () -> Bool) {
    while !isOver() {
      var polled = (listeners + connections).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), 100) > 0 else { continue }
      for ready in polled where ready.revents != 0 {
        if listeners.contains(ready.fd) { welcome(ready.fd) } else { echo(ready.fd) }
      }
    }
  }

  private mutating func welcome(_ listener: Int32) {
    let socket = accept(listener, nil, nil)
    guard socket >= 0 else { return }
    let greeting = [name.rawValue] + originalDestination(of: socket)
    send(socket, greeting, greeting.count, Int32(MSG_NOSIGNAL))
    connections.append(socket)
  }

  private mutating func echo(_ socket: Int32) {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    if count > 0 {
      send(socket, bytes, count, Int32(MSG_NOSIGNAL))
    } else if count == 0 || errno != EAGAIN {
      close(socket)
      connections.removeAll { $0 == socket }
    }
  }
}

/// The destination before a rule redirected the connection (SO_ORIGINAL_DST, in both families): an
/// address as the kernel has it, with zeros after it.
private func originalDestination(of socket: Int32) -> [UInt8] {
  for level in [SOL_IP, Int32(IPPROTO_IPV6)] {
    var bytes = [UInt8](repeating: 0, count: Endpoint.greatestSize)
    var size = socklen_t(bytes.count)
    if getsockopt(socket, level, 80, &bytes, &size) == 0 { return bytes }
  }
  return [UInt8](repeating: 0, count: Endpoint.greatestSize)
}
