public import Intercept
public import SystemPackage

/// Why a probe has not shown that rules work.
public enum ProbeError: Error, Hashable, Sendable {
  /// No connection arrived.
  case missed(MissedProbe)
  /// None of the listeners could be opened.
  case noListener([DeafListener])
  /// The system had no socket to probe with.
  case failed(Probe, Errno)
}

/// A listener that could not be opened.
public struct DeafListener: Hashable, Sendable {
  public let address: Endpoint
  public let reason: Errno
}

/// A probe of which no connection arrived.
public struct MissedProbe: Hashable, Sendable {
  /// What comes of a connection that does not arrive.
  public enum End: Hashable, Sendable {
    /// No answer: a rule or policy drops the packets.
    case unanswered
    /// The system's answer; `ECONNREFUSED` if no rule sends the connection on.
    case failed(Errno)
    /// Another program took it.
    case elsewhere
  }

  public let probe: Probe
  /// How long it was tried.
  public let time: Duration
  /// What came of the last connection.
  public let end: End
  /// Whom the connections belonged to.
  public let owner: SocketOwner?
  /// Where they could not have arrived.
  public let deaf: [DeafListener]

  /// The connections, to be traced through rules.
  public var flow: Flow {
    Flow(.outbound, to: probe.target, from: probe.source, interface: .loopback, owner: owner)
  }
}

extension ProbeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missed(let probe): probe.description
    case .noListener(let listeners): "nothing to probe with: " + listeners.words
    case .failed(let probe, let errno): "cannot make a connection to \(probe.target): \(errno)"
    }
  }
}

extension MissedProbe: CustomStringConvertible {
  /// What was tried and what came of it, then, a line each, what stood in the way besides rules.
  public var description: String {
    let listeners = probe.listeners.map(\.description).joined(separator: " or ")
    var lines = [
      "no connection from \(probe.source) to \(probe.target) came to \(listeners) within \(time): \(end)"
    ]
    if let owner, owner.user != probe.user {
      lines.append(
        "it was made as uid \(owner.user), for want of CAP_SETUID; rules redirect those of uid \(probe.user)")
    }
    if !deaf.isEmpty { lines.append(deaf.words) }
    return lines.joined(separator: "\n")
  }
}

extension MissedProbe.End: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unanswered: "no answer"
    case .failed(.connectionRefused): "refused, no rule redirected it"
    case .failed(.addressNotAvailable): "no interface has the address (EADDRNOTAVAIL)"
    case .failed(.networkUnreachable): "no route, the address is not on lo or lo is down (ENETUNREACH)"
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
