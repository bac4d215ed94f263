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

  private struct Held: Sendable {
    var packet: CapturedPacket
    let headers: PacketHeaders?
    /// The half that the packet belongs to, while its original destination is not known.
    var half: Half?
  }

  /// The half of a connection from the app to a listener; for DNS, of one query.
  private struct Half: Hashable, Sendable {
    let proto: IPProtocol
    let client: Endpoint
    let listener: Endpoint
    let messageID: UInt16?
  }

  /// The client's side of connections, for the search from an answer.
  private struct Client: Hashable, Sendable {
    let proto: IPProtocol
    let end: Endpoint
  }

  private struct Connection: Sendable {
    let half: Half
    /// The sequence number of the first packet.
    let firstSequence: UInt32?
    /// The latest segment of the app.
    var latest: TCPSegment?
    var original: Endpoint?

    init(_ half: Half, _ segment: TCPSegment?) {
      (self.half, firstSequence, latest) = (half, segment?.sequence, segment)
    }
  }

  /// Greatest number of held packets.
  private static let mostPackets = 4096
  private static let mostBytes = 32 << 20
  /// Longest time that a packet is held, in nanoseconds of the capture.
  private static let longestTime: UInt64 = 2_000_000_000
  /// Greatest number of connections that are remembered.
  private static let mostConnections = 1 << 16
  /// Greatest number of connections of one client's address and port.
  private static let mostPerClient = 8

  private let listeners: Listeners
  package private(set) var counts = Counts()

  private var held: [Held] = []
  private var heldBytes = 0
  private var connections: [Client: [Connection]] = [:]
  private var order: [Client] = []
  private var oldest = 0

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

// Halves from the app to a listener.
extension StreamJoiner {
  /// The half that a packet to a listener belongs to; nil for other packets.
  private func half(_ headers: PacketHeaders, _ packet: CapturedPacket) -> Half? {
    let port = headers.destination.port
    guard headers.destination.address.isLoopback,
      (headers.proto == .tcp ? listeners.tcp : listeners.dns).contains(port)
    else { return nil }
    return Half(
      proto: headers.proto, client: headers.source, listener: headers.destination,
      messageID: headers.proto == .udp ? headers.messageID(in: packet.bytes) : nil)
  }

  /// Rewrites a packet of the app, or holds it if its original destination is not known yet.
  private mutating func connect(_ half: Half, _ headers: PacketHeaders, _ entry: inout Held) {
    let client = Client(proto: half.proto, end: half.client)
    let segment = headers.proto == .tcp ? headers.segment(in: entry.packet.bytes) : nil
    var known = connections[client] ?? []
    if let index = known.firstIndex(where: { $0.half == half }) {
      // A SYN with another sequence number begins a new connection of the same ports.
      let isNew = segment.map { $0.isOpening && $0.sequence != known[index].firstSequence } ?? false
      if isNew { known[index] = Connection(half, segment) }
      known[index].latest = segment
      if let original = known[index].original {
        headers.redirectBack(to: original, &entry.packet)
        counts.rewritten += 1
      } else {
        entry.half = half
      }
      connections[client] = known
    } else {
      remember(Connection(half, segment), client)
      entry.half = half
    }
  }

  private mutating func remember(_ connection: Connection, _ client: Client) {
    if order.count < Self.mostConnections {
      order.append(client)
    } else {
      connections[order[oldest]] = nil
      order[oldest] = client
      oldest = (oldest + 1) % Self.mostConnections
    }
    connections[client] = Array(((connections[client] ?? []) + [connection]).suffix(Self.mostPerClient))
  }
}

// Answers.
extension StreamJoiner {
  /// Notes the original destination that an answer shows, and marks the answer.
  private mutating func answer(_ headers: PacketHeaders, _ entry: inout Held) {
    let client = Client(proto: headers.proto, end: headers.destination)
    guard let index = connections[client]?.firstIndex(where: { isAnswer(headers, entry.packet, to: $0) }),
      let connection = connections[client]?[index]
    else { return }
    let port = connection.half.listener.port
    entry.packet.comments.append(
      Array("proxy side: the listener on port \(port) sent it; the rules restored its source".utf8))
    guard connection.original == nil else { return }
    connections[client]?[index].original = headers.source
    counts.joined += 1
    let original = headers.source
    for position in held.indices where held[position].half == connection.half {
      if let headers = held[position].headers {
        headers.redirectBack(to: original, &held[position].packet)
        counts.rewritten += 1
      }
      held[position].half = nil
    }
  }

  private func isAnswer(_ headers: PacketHeaders, _ packet: CapturedPacket, to connection: Connection) -> Bool
  {
    guard headers.source.address.family == connection.half.listener.address.family,
      headers.source != connection.half.listener
    else { return false }
    if let original = connection.original, original != headers.source { return false }
    guard headers.proto == .tcp else {
      return headers.messageID(in: packet.bytes) == connection.half.messageID
    }
    return connection.original != nil
      || connection.latest.map { headers.segment(in: packet.bytes).answers($0) } ?? false
  }
}

extension PacketHeaders {
  /// Gives a packet of the app its original destination.
  fileprivate func redirectBack(to original: Endpoint, _ packet: inout CapturedPacket) {
    setDestination(original, in: &packet.bytes)
    packet.comments.append(Array("app side: the rules redirected it from \(original) to \(destination)".utf8))
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
