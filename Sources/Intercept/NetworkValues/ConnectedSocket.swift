/// A TCP socket with a peer.
public struct ConnectedSocket: Hashable, Sendable {
  public let local: Endpoint
  public let remote: Endpoint
  public let state: TCPState
  /// The socket's owner; nil for a user that is not mapped into this user namespace, and in TIME-WAIT.
  public let user: UserID?
  /// Payload bytes that the peer has acknowledged; nil if the kernel does not report it.
  public let sentBytes: UInt64?
  /// Payload bytes received; nil if the kernel does not report it.
  public let receivedBytes: UInt64?
  /// The processes that have the socket open, as far as they are visible.
  public let processes: [ListeningSocket.Process]

  public init(
    local: Endpoint, remote: Endpoint, _ state: TCPState = .established, of user: UserID? = nil,
    sentBytes: UInt64? = nil, receivedBytes: UInt64? = nil, processes: [ListeningSocket.Process] = []
  ) {
    self.local = local
    self.remote = remote
    self.state = state
    self.user = user
    self.sentBytes = sentBytes
    self.receivedBytes = receivedBytes
    self.processes = processes
  }
}

/// State of a TCP socket.
///
/// The corresponding C constants are `TCP_*` of `<linux/tcp_states.h>`.
public enum TCPState: UInt8, Hashable, Sendable, CaseIterable {
  case established = 1
  case synSent = 2
  case synReceived = 3
  case finWait1 = 4
  case finWait2 = 5
  case timeWait = 6
  case close = 7
  case closeWait = 8
  case lastAck = 9
  case listen = 10
  case closing = 11
  /// A connection request in a listener's queue.
  case newSynReceived = 12
}

extension TCPState: CustomStringConvertible {
  /// The name that `ss` prints.
  public var description: String {
    switch self {
    case .established: "ESTAB"
    case .synSent: "SYN-SENT"
    case .synReceived, .newSynReceived: "SYN-RECV"
    case .finWait1: "FIN-WAIT-1"
    case .finWait2: "FIN-WAIT-2"
    case .timeWait: "TIME-WAIT"
    case .close: "UNCONN"
    case .closeWait: "CLOSE-WAIT"
    case .lastAck: "LAST-ACK"
    case .listen: "LISTEN"
    case .closing: "CLOSING"
    }
  }
}

extension IPAddress {
  /// The IPv4 address of an IPv4-mapped one (::ffff:0:0/96), else the address itself. Dual-stack sockets have mapped
  /// addresses, packets have not.
  public var unmapped: IPAddress {
    switch self {
    case .ipv4: self
    case .ipv6(let address):
      address.bits >> 32 == 0xffff ? IPAddress(.ipv4, bits: address.bits & 0xffff_ffff) : self
    }
  }
}
