import Inspection
import Intercept

/// Connections as JSON: the answer of `connections --format json`.
struct ConnectionsJSON: Encodable {
  let connections: [ConnectionJSON]
}

/// A line of `connections --follow --format json`.
struct ConnectionEventJSON: Encodable {
  /// `open` for a connection that was there at the start, then `new` or `closed`.
  let event: String
  /// Seconds since 1970, in an event.
  let time: Double?
  let connection: ConnectionJSON

  init(_ event: String, _ connection: PodConnection, at time: Double? = nil) {
    self.event = event
    self.time = time
    self.connection = ConnectionJSON(connection)
  }
}

struct ConnectionJSON: Encodable {
  let `protocol`: String
  /// `outbound` or `inbound`.
  let direction: String
  let state: String
  let source: String
  /// The destination before NAT.
  let originalDestination: String
  /// `redirect`, `tproxy`, `dnat` or `accept`: what the rules did when the connection was made.
  let verdict: String
  /// The destination after NAT; absent without NAT.
  let translatedDestination: String?
  /// Absent for a socket outside the namespace.
  let uid: UInt32?
  let processes: [ProcessJSON]
  /// The accepted socket in the namespace: the proxy's side of a redirected connection.
  let acceptor: AcceptorJSON?
  /// True if the proxy opened the connection.
  let ofProxy: Bool
  /// The reason of a bypass; absent if the connection need not go through the proxy, or goes there.
  let bypass: String?
  /// The verdict of today's rules for a new connection; absent without rules of the family.
  let today: TodayJSON?
  /// Bytes of the initiator; absent if the kernel does not report them.
  let sent: UInt64?
  let received: UInt64?
  /// Start in seconds since 1970; absent unless `net.netfilter.nf_conntrack_timestamp` is 1.
  let start: Double?
  /// The conntrack zone of the original direction; absent without an entry.
  let zone: UInt16?

  init(_ connection: PodConnection) {
    `protocol` = connection.proto.description
    direction = connection.direction.rawValue
    state = connection.state
    source = connection.source.description
    originalDestination = connection.destination.description
    verdict = connection.path.word
    translatedDestination =
      connection.entry.flatMap { $0.isDestinationTranslated ? $0.translatedDestination.description : nil }
    uid = connection.user?.rawValue
    processes = connection.processes.map { ProcessJSON(name: $0.name, pid: $0.id) }
    acceptor = connection.acceptor.map(AcceptorJSON.init)
    ofProxy = connection.isOfProxy
    bypass = connection.bypass?.rawValue
    today = connection.today.map(TodayJSON.init)
    sent = connection.sentBytes
    received = connection.receivedBytes
    start = connection.entry?.start.map { Double($0) / 1e9 }
    zone = connection.entry?.originalZone.rawValue
  }
}

struct AcceptorJSON: Encodable {
  let local: String
  let remote: String
  let state: String
  let uid: UInt32?
  let processes: [ProcessJSON]

  init(_ socket: ConnectedSocket) {
    local = socket.local.description
    remote = socket.remote.description
    state = socket.state.description
    uid = socket.user?.rawValue
    processes = socket.processes.map { ProcessJSON(name: $0.name, pid: $0.id) }
  }
}

struct TodayJSON: Encodable {
  let verdict: String
  /// The proxy's port that gets the connection.
  let port: UInt16?
  /// The rule that decides; absent if none does.
  let decision: PlaceJSON?

  init(_ trace: Trace) {
    verdict = trace.verdict.word
    port = trace.port?.rawValue
    decision = trace.decision.map(PlaceJSON.init)
  }
}
