package import NetworkValues
import PacketTrace

/// Joins the two halves of connections that REDIRECT sends to the proxy.
///
/// On lo, a packet of the app has the proxy's listener as its destination, and the answer has the original destination
/// as its source: the rules translate both before tcpdump sees them. The packets of the app get the original
/// destination, so that both halves have the same ends.
///
/// A packet of the app is held until an answer shows its original destination, and packets after it wait, so that the
/// order stays. What is held is bounded in number, bytes and time of capture.
package struct StreamJoiner: Sendable {
  /// The proxy's listeners to which the rules redirect packets on lo.
  package struct Listeners: Hashable, Sendable {
    package var tcp: [Port]
    package var dns: [Port]

    /// Istio's: `virtualOutbound`, `virtualInbound`, and the agent's DNS proxy.
    package init(tcp: [Port] = [15001, 15006, 15053], dns: [Port] = [15053]) {
      (self.tcp, self.dns) = (tcp, dns)
    }
  }

  /// Figures of the work done.
  package struct Counts: Hashable, Sendable {
    /// Connections, or DNS queries, that were joined.
    package var joined = 0
    /// Packets that got another destination.
    package var rewritten = 0
    /// Packets to a listener whose original destination no answer shows.
    package var unanswered = 0
  }

  /// Greatest number of held packets.
  private static let mostPackets = 4096
  private static let mostBytes = 32 << 20
  /// Longest time that a packet is held, in nanoseconds of the capture.
  private static let longestTime: UInt64 = 2_000_000_000
  /// Greatest number of connections that are remembered.
  static let mostConnections = 1 << 16
  /// Greatest number of connections of one client's address and port.
  static let mostPerClient = 8

  let listeners: Listeners
  package internal(set) var counts = Counts()

  var held: [Held] = []
  private var heldBytes = 0
  var connections: [Client: [Connection]] = [:]
  var order: [Client] = []
  var oldest = 0

  package init(_ listeners: Listeners = Listeners()) {
    self.listeners = listeners
  }

  /// Takes a packet.
  ///
  /// - Returns: The packets that are ready, in the order of the capture.
  package mutating func add(_ packet: CapturedPacket) -> [CapturedPacket] {
    let headers = PacketHeaders(packet)
    var entry = Held(packet: packet, headers: headers, half: nil)
    if let headers {
      if let half = half(headers, packet) {
        connect(half, headers, &entry)
      } else {
        answer(headers, &entry)
      }
    }
    heldBytes += packet.bytes.count
    held.append(entry)
    return takeReady(now: packet.time)
  }

  /// The rest of the packets, at the end of the capture.
  package mutating func finish() -> [CapturedPacket] {
    defer {
      held.removeAll()
      heldBytes = 0
    }
    return held.map { release($0) }
  }
}

// Packets that are held.
extension StreamJoiner {
  /// The packets up to the first one whose original destination is to be waited for.
  private mutating func takeReady(now: UInt64) -> [CapturedPacket] {
    var count = 0
    while count < held.count, held[count].half == nil || isOverdue(count, now) { count += 1 }
    guard count > 0 else { return [] }
    let ready = held[..<count].map { release($0) }
    heldBytes -= ready.reduce(0) { $0 + $1.bytes.count }
    held.removeFirst(count)
    return ready
  }

  /// True if a packet is held for too long, or too much is held since.
  private func isOverdue(_ index: Int, _ now: UInt64) -> Bool {
    let time = held[index].packet.time
    return held.count - index > Self.mostPackets || heldBytes > Self.mostBytes
      || now > time && now - time > Self.longestTime
  }

  private mutating func release(_ held: Held) -> CapturedPacket {
    guard let half = held.half else { return held.packet }
    var packet = held.packet
    counts.unanswered += 1
    packet.comments.append(
      Array("app side: redirected to \(half.listener); no answer shows its original destination".utf8))
    return packet
  }
}
