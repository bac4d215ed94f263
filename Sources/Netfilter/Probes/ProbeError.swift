public import Intercept
public import Netlink
public import SystemPackage

/// A probe that failed or could not be made.
public enum ProbeError: Error, Hashable, Sendable {
  /// No connection arrived: the rules do not redirect it.
  case missed(MissedProbe)
  /// No connection arrived, but they could not be made as the proxy's user, which the rules may ask for.
  case wrongOwner(MissedProbe)
  /// No connection arrived, and lo is down: none could.
  case loopbackDown(MissedProbe)
  /// None of the listeners could be opened.
  case noListener([DeafListener])
  /// The sockets of the namespace could not be read.
  case unreadable(NetlinkError)
  /// No socket could be created or polled.
  case failed(Probe, Errno)
}

/// A listener that could not be opened.
public struct DeafListener: Hashable, Sendable {
  public let address: Endpoint
  public let reason: Errno
}

/// A probe whose connections did not arrive.
public struct MissedProbe: Hashable, Sendable {
  /// The outcome of a connection that did not arrive.
  public enum End: Hashable, Sendable {
    /// No answer: a rule or policy drops the packets.
    case unanswered
    /// The error of the connection.
    case failed(Errno)
    /// Refused, although a socket listens at the destination: redirected to a port without a listener, or rejected.
    case refusedElsewhere
    /// It arrived at its destination: no rule redirects it.
    case arrived
    /// Another program accepted it, at another port.
    case elsewhere
  }

  public let probe: Probe
  /// The time limit.
  public let time: Duration
  /// The outcome of the last connection.
  public let end: End
  /// The owner of the connections.
  public let owner: SocketOwner?
  /// The listeners that could not be opened.
  public let deaf: [DeafListener]

  /// The connection as a flow, to trace it through rules.
  public var flow: Flow {
    Flow(.outbound, to: probe.target, from: probe.source, interface: .loopback, owner: owner)
  }
}

extension ProbeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missed(let probe), .wrongOwner(let probe): probe.description
    case .loopbackDown(let probe): "\(probe); lo is down: ip link set lo up"
    case .unreadable(let error): "nothing to probe with: \(error)"
    case .noListener(let listeners): "nothing to probe with: " + listeners.words
    case .failed(let probe, let errno): "cannot make a connection to \(probe.target): \(errno)"
    }
  }
}

extension MissedProbe: CustomStringConvertible {
  /// The attempt and its outcome, then one line per further obstacle.
  public var description: String {
    let listeners = probe.listeners.map(\.description).joined(separator: " or ")
    var lines = [
      "no connection from \(probe.source) to \(probe.target) came to \(listeners) within \(time): \(end)"
    ]
    if let owner, owner.user != probe.user {
      lines.append(
        "it was made as uid \(owner.user), because CAP_SETUID is missing; rules redirect those of uid \(probe.user)"
      )
    }
    if !deaf.isEmpty { lines.append(deaf.words) }
    return lines.joined(separator: "\n")
  }
}

extension MissedProbe.End: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unanswered: "no answer"
    case .failed(.connectionRefused): "refused"
    case .refusedElsewhere: "refused, redirected to a port without a listener or rejected"
    case .arrived: "it came to its destination, no rule redirected it"
    case .failed(.addressNotAvailable): "no interface has the address (EADDRNOTAVAIL)"
    case .failed(.networkUnreachable): "no route, the address is not on lo (ENETUNREACH)"
    case .failed(let errno): "\(errno)"
    case .elsewhere: "another program took it"
    }
  }
}

extension [DeafListener] {
  fileprivate var words: String {
    map { "\($0.address) cannot be listened on: \($0.reason)" }.joined(separator: "; ")
  }
}
