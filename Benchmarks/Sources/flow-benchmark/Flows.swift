import Glibc
import Measuring

/// New connections from a pod to its peer.
enum Flows {
  /// Number of connections in a turn.
  static let count = 1_000

  enum Kind: String, CaseIterable, CustomStringConvertible {
    case udp = "new UDP flows"
    case tcp = "TCP connects"

    var description: String { rawValue }
  }

  /// The mean cost of a connection of a turn, in microseconds.
  static func cost(of kind: Kind, in world: World, _ round: Int) throws -> Double {
    try world.pod.enter()
    // Flush conntrack entries of earlier turns.
    _ = try? Program.run(["conntrack", "-F"])
    let destinations = (0..<count).map { address(UInt32(1 + (round % 60) * count + $0)) }
    let clock = ContinuousClock()
    let time =
      switch kind {
      case .udp: try sendAll(destinations, clock)
      case .tcp: try connectAll(destinations, clock)
      }
    return time / .microseconds(1) / Double(count)
  }

  private static func sendAll(
    _ destinations: [sockaddr_in], _ clock: ContinuousClock
  ) throws -> Duration {
    let file = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(file) }
    let word: [UInt8] = [0, 1, 2, 3]
    var failures = 0
    let time = clock.measure {
      for destination in destinations {
        let sent = with(destination) { sendto(file, word, word.count, 0, $0, $1) }
        if sent != word.count { failures += 1 }
      }
    }
    guard failures == 0 else { throw Trouble("\(failures) datagrams were not sent") }
    return time
  }

  /// Closing resets the connection (SO_LINGER 0), so that no TIME_WAIT is left.
  private static func connectAll(
    _ destinations: [sockaddr_in], _ clock: ContinuousClock
  ) throws -> Duration {
    var reset = linger(l_onoff: 1, l_linger: 0)
    var failures = 0
    let time = clock.measure {
      for destination in destinations {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        setsockopt(file, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
        if with(destination, { connect(file, $0, $1) }) != 0 { failures += 1 }
        close(file)
      }
    }
    guard failures == 0 else { throw Trouble("\(failures) connections were refused") }
    return time
  }

  /// The listener's address with this index.
  static func address(_ number: UInt32) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = Listener.port.bigEndian
    address.sin_addr.s_addr = number == 0 ? 0 : (World.peerNetwork + number).bigEndian
    return address
  }

  private static func with<Result>(
    _ address: sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
