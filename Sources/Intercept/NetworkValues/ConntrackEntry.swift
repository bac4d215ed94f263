/// Addresses and ports of the packets of one direction of a connection.
///
/// The corresponding C type is `struct nf_conntrack_tuple`.
public struct ConntrackTuple: Hashable, Sendable {
  public let proto: IPProtocol
  /// The port is zero for a protocol without ports.
  public let source: Endpoint
  public let destination: Endpoint

  public init(_ proto: IPProtocol, from source: Endpoint, to destination: Endpoint) {
    self.proto = proto
    self.source = source
    self.destination = destination
  }

  /// The tuple of the replies if no address is translated.
  public var reversed: ConntrackTuple { ConntrackTuple(proto, from: destination, to: source) }
}

/// A connection in the kernel's connection-tracking table.
///
/// The corresponding C type is `struct nf_conn`, as ctnetlink describes it (CTA_*).
public struct ConntrackEntry: Hashable, Sendable {
  /// Packets of the side that opened the connection, before NAT.
  public let original: ConntrackTuple
  /// Expected replies; differs from the reversed original tuple if NAT translates the connection.
  public let reply: ConntrackTuple
  public var status: ConntrackStatus
  /// State of a TCP connection; nil for other protocols.
  public var tcpState: ConntrackTCPState?
  /// Zone of the original direction.
  public var originalZone: ConntrackZone = 0
  /// Zone of the reply direction.
  public var replyZone: ConntrackZone = 0
  /// Time until the entry expires, in seconds; nil for a permanent entry or in a destroy event.
  public var timeout: UInt32?
  public var mark: Mark = 0
  /// Identifier of the entry (CTA_ID); nil if the kernel does not send it.
  public var id: UInt32?
  /// Packets and bytes of the original direction; nil unless `net.netfilter.nf_conntrack_acct` is 1.
  public var sent: Counters?
  /// Packets and bytes of the reply direction.
  public var received: Counters?
  /// Start of the connection in nanoseconds since 1970; nil unless `net.netfilter.nf_conntrack_timestamp` is 1.
  public var start: UInt64?

  public init(_ original: ConntrackTuple, reply: ConntrackTuple? = nil, status: ConntrackStatus = []) {
    self.original = original
    self.reply = reply ?? original.reversed
    self.status = status
  }
}

extension ConntrackEntry {
  public var proto: IPProtocol { original.proto }

  /// Destination after NAT.
  public var translatedDestination: Endpoint { reply.source }

  /// True if NAT replaces the destination, as REDIRECT and DNAT do.
  public var isDestinationTranslated: Bool { reply.source != original.destination }

  /// True if no reply was seen.
  public var isUnreplied: Bool { !status.contains(.seenReply) }
}

/// State of a TCP connection in connection tracking.
///
/// The corresponding C type is `enum tcp_conntrack`.
public enum ConntrackTCPState: UInt8, Hashable, Sendable, CaseIterable {
  case none
  case synSent
  case synReceived
  case established
  case finWait
  case closeWait
  case lastAck
  case timeWait
  case close
  /// SYN packets in both directions.
  case synSent2
}

extension ConntrackTCPState: CustomStringConvertible {
  /// The name that `conntrack -L` prints.
  public var description: String {
    switch self {
    case .none: "NONE"
    case .synSent: "SYN_SENT"
    case .synReceived: "SYN_RECV"
    case .established: "ESTABLISHED"
    case .finWait: "FIN_WAIT"
    case .closeWait: "CLOSE_WAIT"
    case .lastAck: "LAST_ACK"
    case .timeWait: "TIME_WAIT"
    case .close: "CLOSE"
    case .synSent2: "SYN_SENT2"
    }
  }
}

/// Number of entries of a namespace's connection-tracking table, and its limit.
public struct ConntrackUsage: Hashable, Sendable {
  public let entries: UInt32
  /// `net.netfilter.nf_conntrack_max`; zero for no limit.
  public let limit: UInt32

  public init(entries: UInt32, limit: UInt32) {
    self.entries = entries
    self.limit = limit
  }

  /// True if at least nine tenths of the table are in use: new connections are dropped when it is full.
  public var isNearlyFull: Bool { limit > 0 && UInt64(entries) * 10 >= UInt64(limit) * 9 }
}
