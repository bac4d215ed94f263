public import Intercept

/// Joins sockets and conntrack entries into connections.
struct ConnectionJoin {
  private let entries: [ConntrackEntry]
  private let listening: Set<Port>
  /// Positions of the entries by source and destination of the original direction, and of the reply direction.
  private var byOriginal: [Pair: Int] = [:]
  private var byReply: [Pair: Int] = [:]

  /// Two ends of a TCP connection, in the order of one direction.
  private struct Pair: Hashable {
    let from: Endpoint
    let to: Endpoint
  }

  /// Positions of the sockets and of the entry of one connection. The sockets themselves are large, and moved once.
  private struct Parts {
    let pair: Pair
    var initiator: Int?
    var acceptor: Int?
    var entry: Int?
  }

  init(_ entries: [ConntrackEntry], _ listeners: [ListeningSocket]) {
    self.entries = entries
    listening = Set(listeners.filter { $0.proto == .tcp }.map(\.port))
    byOriginal.reserveCapacity(entries.count)
    byReply.reserveCapacity(entries.count)
    for (position, entry) in entries.enumerated() where entry.proto == .tcp {
      byOriginal[Pair(from: entry.original.source, to: entry.original.destination)] = position
      byReply[Pair(from: entry.reply.source, to: entry.reply.destination)] = position
    }
  }

  /// The TCP connections with a socket in the namespace, in the order of the sockets, then the captured UDP flows.
  func connections(_ sockets: [ConnectedSocket]) -> [PodConnection] {
    var found = tcp(sockets)
    found += entries.lazy.filter { $0.proto == .udp && $0.isListed }.map(PodConnection.init(udp:))
    return found
  }

  private func tcp(_ sockets: [ConnectedSocket]) -> [PodConnection] {
    parts(of: sockets).map { parts in
      PodConnection(
        from: parts.pair.from, to: parts.pair.to, parts.initiator.map { sockets[$0] },
        parts.acceptor.map { sockets[$0] }, parts.entry.map { entries[$0] })
    }
  }

  private func parts(of sockets: [ConnectedSocket]) -> [Parts] {
    var found: [Parts] = []
    var positions: [Pair: Int] = [:]
    positions.reserveCapacity(sockets.count)
    for (number, socket) in sockets.enumerated() {
      let (pair, isInitiator, entry) = place(of: socket)
      let position = positions[pair] ?? found.count
      if position == found.count {
        found.append(Parts(pair: pair))
        positions[pair] = position
      }
      if isInitiator { found[position].initiator = number } else { found[position].acceptor = number }
      found[position].entry = entry
    }
    return found
  }

  /// The connection of a socket, by source and original destination, and the side of the socket.
  private func place(of socket: ConnectedSocket) -> (Pair, isInitiator: Bool, entry: Int?) {
    let outward = Pair(from: socket.local, to: socket.remote)
    if let entry = byOriginal[outward] { return (outward, true, entry) }
    if let entry = byReply[outward] {
      let original = entries[entry].original
      return (Pair(from: original.source, to: original.destination), false, entry)
    }
    // Without an entry, the side with a listener accepted the connection.
    let inward = Pair(from: socket.remote, to: socket.local)
    return listening.contains(socket.local.port) ? (inward, false, nil) : (outward, true, nil)
  }
}

extension PodConnection {
  fileprivate init(
    from source: Endpoint, to destination: Endpoint, _ initiator: ConnectedSocket?,
    _ acceptor: ConnectedSocket?, _ entry: ConntrackEntry?
  ) {
    proto = .tcp
    direction = initiator == nil ? .inbound : .outbound
    self.source = source
    self.destination = destination
    self.initiator = initiator
    self.acceptor = acceptor
    self.entry = entry
  }

  /// A captured UDP flow: sockets of UDP have no peer that would name it.
  fileprivate init(udp entry: ConntrackEntry) {
    self.init(entry, .outbound, among: [])
  }

  /// The connection of an entry, with its sockets.
  init(_ entry: ConntrackEntry, _ direction: Flow.Direction, among sockets: [ConnectedSocket]) {
    proto = entry.proto
    self.direction = direction
    source = entry.original.source
    destination = entry.original.destination
    initiator = sockets.first {
      $0.local == entry.original.source && $0.remote == entry.original.destination
    }
    acceptor = sockets.first { $0.local == entry.reply.source && $0.remote == entry.reply.destination }
    self.entry = entry
  }
}

extension ConntrackEntry {
  /// True for a TCP connection and for a captured UDP flow, which reports of connections are about.
  public var isListed: Bool { proto == .tcp || proto == .udp && isDestinationTranslated }
}
