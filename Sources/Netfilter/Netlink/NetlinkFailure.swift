public import SystemPackage

/// What went wrong between this process and the kernel, without what was being attempted:
/// ``NetlinkError`` adds that.
public enum NetlinkFailure: Error, Hashable, Sendable {
  /// The kernel answered with an error.
  case refused(Errno, ExtendedAck?)
  /// A system call on the socket failed.
  case call(String, Errno)
  /// No answer came in the time given, in milliseconds.
  case noReply(milliseconds: Int)
  /// The receive queue overflowed (`ENOBUFS`): answers were lost, so the outcome is not known.
  case repliesLost
  /// An answer was larger than the receive buffer.
  case truncated
  /// An answer is not what its lengths or its type say it is.
  case malformed(String)
  /// The rule set kept changing while it was being read.
  case unstable(attempts: Int)
  /// The value cannot be put into a netlink message.
  case inexpressible(String)
}

extension NetlinkFailure {
  /// Whether the kernel refused a batch because the rule set is no longer the one it was planned for.
  public var isStaleGeneration: Bool { errno == .staleGeneration }

  /// Whether the kernel may have done what was asked: its word was lost, or cannot be understood.
  public var leavesOutcomeOpen: Bool {
    switch self {
    case .call, .noReply, .repliesLost, .truncated, .malformed: true
    case .refused, .unstable, .inexpressible: false
    }
  }

  /// The kernel's error number, where it was the kernel that said no.
  public var errno: Errno? {
    if case .refused(let errno, _) = self { errno } else { nil }
  }
}

extension NetlinkFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let errno, let ack): "\(errno.sentence)\(ack.map { "; \($0)" } ?? "")"
    case .call(let name, let errno): "\(name) failed: \(errno.sentence)"
    case .noReply(let milliseconds): "the kernel did not answer within \(milliseconds) ms"
    case .repliesLost: "the kernel's answers overflowed the receive buffer: the outcome is not known"
    case .truncated: "the kernel's answer is larger than the receive buffer"
    case .malformed(let what): "the kernel's answer makes no sense: \(what)"
    case .unstable(let attempts): "the rule set changed during each of \(attempts) attempts"
    case .inexpressible(let why): why
    }
  }
}
