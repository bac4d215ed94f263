import Glibc
import Intercept
import SystemPackage

/// Listeners on every port of a list, in both namespaces, for both families and protocols.
final class TrafficListeners {
  struct Listener {
    let file: FileDescriptor
    let place: TrafficBed.Place
    let family: IPFamily
    let proto: IPProtocol
    let port: Port
  }

  static let ports: [Port] = [
    22, 53, 80, 443, 5701, 8000, 8050, 8080, 8100, 9080, 15001, 15006, 15008, 15020, 15021, 15053, 15090,
  ]

  private var listeners: [Listener] = []

  init(_ bed: TrafficBed) throws {
    for place in TrafficBed.Place.allCases { try bed.inside(place) { try listen(in: place) } }
  }

  deinit {
    for listener in listeners { try? listener.file.close() }
  }

  private func listen(in place: TrafficBed.Place) throws {
    for family in IPFamily.allCases {
      for proto in [IPProtocol.tcp, .udp] {
        for port in Self.ports { listeners.append(try listener(place, family, proto, port)) }
      }
    }
  }

  private func listener(
    _ place: TrafficBed.Place, _ family: IPFamily, _ proto: IPProtocol, _ port: Port
  ) throws -> Listener {
    let file = try SocketCalls.open(family, proto)
    try SocketCalls.set(file, SOL_SOCKET, SO_REUSEADDR, 1)
    switch family {
    case .ipv4: try SocketCalls.set(file, Int32(IPPROTO_IP), 19, 1)  // IP_TRANSPARENT
    case .ipv6:
      try SocketCalls.set(file, Int32(IPPROTO_IPV6), 26, 1)  // IPV6_V6ONLY
      try SocketCalls.set(file, Int32(IPPROTO_IPV6), 75, 1)  // IPV6_TRANSPARENT
    }
    try SocketCalls.bind(file, Endpoint(IPAddress(family, bits: 0), port))
    if proto == .tcp { try SocketCalls.check(Glibc.listen(file.rawValue, 16)) }
    return Listener(file: file, place: place, family: family, proto: proto, port: port)
  }

  /// Waits until one of the listeners has something.
  func wait(_ proto: IPProtocol, _ family: IPFamily, milliseconds: Int32) -> Listener? {
    let candidates = listeners.filter { $0.proto == proto && $0.family == family }
    var polls = candidates.map { pollfd(fd: $0.file.rawValue, events: Int16(POLLIN), revents: 0) }
    guard poll(&polls, nfds_t(polls.count), milliseconds) > 0 else { return nil }
    return polls.firstIndex { $0.revents != 0 }.map { candidates[$0] }
  }
}
