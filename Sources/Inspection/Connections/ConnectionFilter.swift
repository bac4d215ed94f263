public import Intercept

/// Conditions on connections; each that is given must hold.
public struct ConnectionFilter: Hashable, Sendable {
  /// The port of either end, before or after NAT.
  public var port: Port?
  /// A block that contains the destination.
  public var destination: CIDR?
  public var user: UserID?
  /// The name of a process that has a socket of the connection open.
  public var process: String?
  /// `redirect`, `dnat`, `tproxy`, `accept`, or `bypass` for accepted connections that bypass the proxy.
  public var verdict: String?

  public init() {}

  /// The words that `verdict` may be.
  public static let verdicts = ["redirect", "tproxy", "dnat", "accept", "bypass"]

  public func accepts(_ connection: PodConnection) -> Bool {
    let holds = [
      port.map { port in connection.ends.contains { $0.port == port } },
      destination.map { $0.contains(connection.destination.address) },
      user.map { user in connection.sockets.contains { $0.user == user } },
      process.map { name in
        connection.sockets.contains { $0.processes.contains { $0.name == name } }
      },
      verdict.map { $0 == connection.path.word || $0 == "bypass" && connection.bypass != nil },
    ]
    return !holds.contains(false)
  }
}

extension PodConnection {
  fileprivate var sockets: [ConnectedSocket] { [initiator, acceptor].compactMap(\.self) }

  fileprivate var ends: [Endpoint] {
    [source, destination] + [acceptor?.local, entry?.translatedDestination].compactMap(\.self)
  }
}
