import NetworkValues
import PacketTrace

extension StreamJoiner {
  struct Held: Sendable {
    var packet: CapturedPacket
    let headers: PacketHeaders?
    /// The half that the packet belongs to, while its original destination is not known.
    var half: Half?
  }

  /// The half of a connection from the app to a listener; for DNS, of one query.
  struct Half: Hashable, Sendable {
    let proto: IPProtocol
    let client: Endpoint
    let listener: Endpoint
    let messageID: UInt16?
  }

  /// The client's side of connections, for the search from an answer.
  struct Client: Hashable, Sendable {
    let proto: IPProtocol
    let end: Endpoint
  }

  struct Connection: Sendable {
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
}

// Halves from the app to a listener.
extension StreamJoiner {
  /// The half that a packet to a listener belongs to; nil for other packets.
  func half(_ headers: PacketHeaders, _ packet: CapturedPacket) -> Half? {
    let port = headers.destination.port
    guard headers.destination.address.isLoopback,
      (headers.proto == .tcp ? listeners.tcp : listeners.dns).contains(port)
    else { return nil }
    return Half(
      proto: headers.proto, client: headers.source, listener: headers.destination,
      messageID: headers.proto == .udp ? headers.messageID(in: packet.bytes) : nil)
  }

  /// Rewrites a packet of the app, or holds it if its original destination is not known yet.
  mutating func connect(_ half: Half, _ headers: PacketHeaders, _ entry: inout Held) {
    let client = Client(proto: half.proto, end: half.client)
    let segment = headers.proto == .tcp ? headers.segment(in: entry.packet.bytes) : nil
    var known = connections[client] ?? []
    if let index = known.firstIndex(where: { $0.half == half }) {
      // A SYN with another sequence number begins a new connection of the same ports.
      let isNew = segment.map { $0.isOpening && $0.sequence != known[index].firstSequence } ?? false
      if isNew { known[index] = Connection(half, segment) }
      known[index].latest = segment
      switch known[index].original {
      case nil: entry.half = half
      case half.listener: break
      case let original?:
        headers.redirectBack(to: original, &entry.packet)
        counts.rewritten += 1
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
  mutating func answer(_ headers: PacketHeaders, _ entry: inout Held) {
    let client = Client(proto: headers.proto, end: headers.destination)
    guard let index = connections[client]?.firstIndex(where: { isAnswer(headers, entry.packet, to: $0) }),
      let connection = connections[client]?[index]
    else { return }
    if connection.original == nil { found(headers.source, of: connection, client, index) }
    // The app connected to the listener itself: no rule had to do with it.
    guard headers.source != connection.half.listener else { return }
    headers.completeChecksum(in: &entry.packet.bytes)
    let port = connection.half.listener.port
    entry.packet.comments.append(
      Array("proxy side: the listener on port \(port) sent it; the rules restored its source".utf8))
  }

  /// Rewrites the held packets of a connection whose original destination is found.
  private mutating func found(
    _ original: Endpoint, of connection: Connection, _ client: Client, _ index: Int
  ) {
    connections[client]?[index].original = original
    let isRedirected = original != connection.half.listener
    if isRedirected { counts.joined += 1 }
    for position in held.indices where held[position].half == connection.half {
      if let headers = held[position].headers, isRedirected {
        headers.redirectBack(to: original, &held[position].packet)
        counts.rewritten += 1
      }
      held[position].half = nil
    }
  }

  private func isAnswer(_ headers: PacketHeaders, _ packet: CapturedPacket, to connection: Connection) -> Bool
  {
    guard headers.source.address.family == connection.half.listener.address.family else { return false }
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
