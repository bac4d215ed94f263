import Glibc
import Intercept
import Testing

/// The end of a connection attempt, as a client and the listeners see it.
enum Outcome: Hashable {
  case connected(UInt16)
  case refused
  /// Dropped on this host, or sent to an address where no host is.
  case lost

  /// Nil if the verdict is unknown.
  ///
  /// - Parameters:
  ///   - own: the addresses of this host besides the loopback ones.
  ///   - ports: the ports with listeners.
  init?(_ trace: Trace, own: [IPAddress], _ ports: [UInt16]) {
    let end = Endpoint(trace.packet.destination, trace.packet.destinationPort)
    switch trace.verdict {
    case .unknown, .tproxy: return nil
    case .drop: self = .lost
    case .reject: self = .refused
    case .accept, .redirect, .dnat:
      let isOwn = end.address.isLoopback || own.contains(end.address)
      let isOpen = ports.contains(end.port.rawValue)
      // Linux finds no route for a reset to ::1 from an address of another interface (Ip6OutNoRoutes).
      let isReset = trace.flow.proto != .tcp || trace.flow.destination.address != .localhost(.ipv6)
      let isAnswered = isOwn && (isOpen || isReset || end.address.isLoopback)
      self = !isAnswered ? .lost : isOpen ? .connected(end.port.rawValue) : .refused
    }
  }
}

/// A socket of either protocol on every address of both families.
final class Listener {
  let port: UInt16
  private let file: Int32
  private let isStream: Bool

  init(_ port: UInt16, _ proto: IPProtocol) throws {
    self.port = port
    isStream = proto == .tcp
    file = try openSocket(.ipv6, proto)
    let bound = SystemAddress(.ipv6, 0, port).use { bind(file, $0, $1) }
    try #require(bound == 0 && (!isStream || listen(file, 16) == 0))
  }

  deinit { close(file) }

  /// True if a connection or a datagram was waiting; it is discarded.
  func takesConnection() -> Bool {
    guard isStream else {
      var byte: UInt8 = 0
      return recv(file, &byte, 1, 0) >= 0
    }
    let taken = accept(file, nil, nil)
    if taken >= 0 { close(taken) }
    return taken >= 0
  }
}

/// Makes one attempt to connect, or to send a datagram.
///
/// - Parameter milliseconds: the time to wait for an answer.
func attempt(_ flow: Flow, _ listeners: [Listener], milliseconds: Int32) throws -> Outcome {
  let end = flow.destination
  let file = try openSocket(end.address.family, flow.proto)
  defer { close(file) }
  let address = SystemAddress(end.address.family, end.address.bits, end.port.rawValue)
  let result = address.use { connect(file, $0, $1) }
  if result != 0, errno != EINPROGRESS { return errno == ECONNREFUSED ? .refused : .lost }
  if flow.proto == .udp, send(file, "x", 1, 0) < 0 {
    // After a REJECT in OUTPUT the call reports EPERM, and the socket the ICMP error.
    return errno == ECONNREFUSED || pendingError(of: file) == ECONNREFUSED ? .refused : .lost
  }
  if let port = listeners.first(where: { $0.takesConnection() })?.port { return .connected(port) }
  var waiting = pollfd(fd: file, events: Int16(flow.proto == .tcp ? POLLOUT : POLLIN), revents: 0)
  let isAnswered = poll(&waiting, 1, milliseconds) == 1
  if let port = listeners.first(where: { $0.takesConnection() })?.port { return .connected(port) }
  return isAnswered && pendingError(of: file) == ECONNREFUSED ? .refused : .lost
}

private func pendingError(of file: Int32) -> Int32 {
  var (error, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
  getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &size)
  return error
}

private func openSocket(_ family: IPFamily, _ proto: IPProtocol) throws -> Int32 {
  let type = proto == .tcp ? SOCK_STREAM : SOCK_DGRAM
  let file = socket(
    family == .ipv4 ? AF_INET : AF_INET6, Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
  try #require(file >= 0)
  return file
}

/// An address and a port as the kernel's struct.
private struct SystemAddress {
  private let bytes: [UInt8]

  init(_ family: IPFamily, _ bits: UInt128, _ port: UInt16) {
    let network = (0..<family.addressBits / 8).reversed().map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
    let kind = UInt16(family == .ipv4 ? AF_INET : AF_INET6)
    let head = [
      UInt8(truncatingIfNeeded: kind), UInt8(kind >> 8), UInt8(port >> 8), UInt8(truncatingIfNeeded: port),
    ]
    // IPv4: the address, then padding. IPv6: flow label, address, scope.
    let zeros = [UInt8](repeating: 0, count: family == .ipv4 ? 8 : 4)
    bytes = family == .ipv4 ? head + network + zeros : head + zeros + network + zeros
  }

  func use(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      guard let pointer = buffer.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
      return body(pointer, socklen_t(buffer.count))
    }
  }
}
