public import SystemPackage

/// A container runtime that cannot be asked, or an answer that cannot be used.
public enum RuntimeProblem: Error, Hashable, Sendable {
  /// The socket cannot be reached, or does not answer in time.
  case unreachable(Errno)
  /// The other side does not speak HTTP/2.
  case notHTTP2
  /// The runtime ends the call without an answer.
  case refused(String)
  /// The answer of a call is not the message of the protocol.
  case unreadable(String)
}

extension RuntimeProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(.timedOut): "the container runtime does not answer in time"
    case .unreachable(let reason): "the container runtime cannot be reached: \(reason)"
    case .notHTTP2: "the socket is not one of a container runtime: it does not speak HTTP/2"
    case .refused(let call): "the container runtime refuses \(call); it must have the CRI runtime.v1"
    case .unreadable(let call): "the container runtime's answer to \(call) cannot be read"
    }
  }
}
