import Intercept

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

  /// The sockets of one connection.
  private struct Sockets {
    var initiator: ConnectedSocket?
    var acceptor: ConnectedSocket?
  }

  init(_ entries: [ConntrackEntry], _ listeners: [ListeningSocket]) {
    self.entries = entries
    listening = Set(listeners.filter { $0.proto == .tcp }.map(\.port))
    for (position, entry) in entries.enumerated() where entry.proto == .tcp {
      byOriginal[Pair(from: entry.original.source, to: entry.original.destination)] = position
      byReply[Pair(from: entry.reply.source, to: entry.reply.destination)] = position
    }
  }

  /// The TCP connections with a socket in the namespace, in the order of the sockets, then the captured UDP flows.
  func connections(_ sockets: [ConnectedSocket]) -> [PodConnection] {
    tcp(sockets)
      + entries.filter { $0.proto == .udp && $0.isDestinationTranslated }.map(PodConnection.init(udp:))
  }

  private func tcp(_ sockets: [ConnectedSocket]) -> [PodConnection] {
    var order: [Pair] = []
    var found: [Pair: (sockets: Sockets, entry: Int?)] = [:]
    for socket in sockets {
      let (pair, isInitiator, entry) = place(of: socket)
      if found[pair] == nil { order.append(pair) }
      var sockets = found[pair]?.sockets ?? Sockets()
      if isInitiator { sockets.initiator = socket } else { sockets.acceptor = socket }
      found[pair] = (sockets, entry)
    }
    return order.compactMap { pair in
      found[pair].map { found in
        PodConnection(
          from: pair.from, to: pair.to, found.sockets.initiator, found.sockets.acceptor,
          found.entry.map { entries[$0] })
      }
    }
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
