public import Intercept

/// A live connection of a pod: its two sockets as far as they are in the namespace, and its conntrack entry.
public struct PodConnection: Hashable, Sendable {
  public let proto: IPProtocol
  public let direction: Flow.Direction
  /// The side that opened the connection.
  public let source: Endpoint
  /// The destination before NAT.
  public let destination: Endpoint
  /// The socket that opened the connection; nil if it is outside the namespace.
  public let initiator: ConnectedSocket?
  /// The accepted socket; nil if it is outside the namespace.
  public let acceptor: ConnectedSocket?
  /// Nil if the connection is not tracked, or the table could not be read.
  public let entry: ConntrackEntry?
  /// Path that the rules gave the connection when it was made.
  public var path = ConnectionPath.direct
  /// The result of today's rules for the same connection; nil without rules of its family.
  public var today: Trace?
  /// Reason for which the proxy does not have the connection; nil if it has, or need not.
  public var bypass: BypassReason?
  /// True if the proxy itself opened the connection.
  public var isOfProxy = false

  /// The socket of the pod's own program: the initiator of an outbound connection, the acceptor of an inbound one.
  public var own: ConnectedSocket? { direction == .outbound ? initiator : acceptor }

  /// The processes of the own socket.
  public var processes: [ListeningSocket.Process] { own?.processes ?? [] }

  public var user: UserID? { own?.user }

  /// The socket's state, else that of connection tracking.
  public var state: String {
    own.map { "\($0.state)" } ?? entry?.tcpState.map { "\($0)" }
      ?? (entry?.isUnreplied == true ? "UNREPLIED" : "OPEN")
  }

  /// Payload bytes from the initiator, from the own socket; with accounting only, the bytes of its packets.
  public var sentBytes: UInt64? {
    let bytes = direction == .outbound ? own?.sentBytes : own?.receivedBytes
    return bytes ?? entry?.sent?.bytes
  }

  /// Payload bytes to the initiator.
  public var receivedBytes: UInt64? {
    let bytes = direction == .outbound ? own?.receivedBytes : own?.sentBytes
    return bytes ?? entry?.received?.bytes
  }
}

/// Path of a connection, as the rules decided when it was made.
public enum ConnectionPath: Hashable, Sendable {
  /// NAT sends it to a port of this namespace.
  case redirected(to: Endpoint)
  /// NAT sends it to another host.
  case translated(to: Endpoint)
  /// TPROXY delivers it to the proxy.
  case tproxied
  case direct

  /// The verdict in a word, as `trace` has it.
  public var word: String {
    switch self {
    case .redirected: "redirect"
    case .translated: "dnat"
    case .tproxied: "tproxy"
    case .direct: "accept"
    }
  }
}

/// Reason for which a connection bypasses the proxy.
public enum BypassReason: String, Hashable, Sendable, CaseIterable {
  /// Today's rules would capture the connection.
  case madeBeforeRules = "made-before-rules"
  /// The program runs with the proxy's user or group, and is not the proxy.
  case proxyUser = "proxy-user"
  case excludedPort = "excluded-port"
  case excludedDestination = "excluded-cidr"
  case excludedInterface = "excluded-interface"
  /// There are no rules for IPv4, or none for IPv6.
  case familyNotCaptured = "family-not-captured"
  /// Another rule lets it pass.
  case excludedByRule = "excluded-by-rule"
  /// No rule captures the destination or port.
  case notIncluded = "not-included"

  /// The reason in a sentence.
  public var words: String {
    switch self {
    case .madeBeforeRules: "made before the rules"
    case .proxyUser: "runs as the proxy's user"
    case .excludedPort: "excluded port"
    case .excludedDestination: "excluded destination"
    case .excludedInterface: "excluded interface"
    case .familyNotCaptured: "address family not captured"
    case .excludedByRule: "excluded by a rule"
    case .notIncluded: "no rule captures it"
    }
  }
}
