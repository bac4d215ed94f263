public import SystemPackage

/// Something attempted over netlink that did not happen: what, on what object, and why.
public struct NetlinkError: Error, Hashable, Sendable {
  /// What was attempted, as a verb phrase: "add rule".
  public var operation: String
  /// What it was about: the text of the rule, the name of the chain. May be empty.
  public var object: String
  /// Why it did not happen.
  public var failure: NetlinkFailure

  public init(_ operation: String, _ object: String = "", _ failure: NetlinkFailure) {
    self.operation = operation
    self.object = object
    self.failure = failure
  }
}

extension NetlinkError: CustomStringConvertible {
  public var description: String {
    let attempted = object.isEmpty ? operation : "\(operation) \"\(object)\""
    return "cannot \(attempted): \(failure)"
  }
}

extension NetlinkError {
  /// Runs `body` and says, should it fail, what was being attempted.
  package static func naming<Result: ~Copyable>(
    _ operation: @autoclosure () -> String, _ object: @autoclosure () -> String = "",
    _ body: () throws(NetlinkFailure) -> Result
  ) throws(NetlinkError) -> Result {
    do {
      return try body()
    } catch {
      throw NetlinkError(operation(), object(), error)
    }
  }
}

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

extension Errno {
  /// `ERESTART`: how nfnetlink says that a batch's generation id is not the current one. Never seen from
  /// an ordinary system call, which is why SystemPackage has no name for it.
  package static var staleGeneration: Errno { Errno(rawValue: 85) }

  /// The error in the words of somebody who changes packet-filter rules, with its name for searching.
  package var sentence: String {
    switch self {
    case .notPermitted: "not permitted (EPERM)"
    case .noSuchFileOrDirectory: "something it names does not exist (ENOENT)"
    case .fileExists: "it exists already (EEXIST)"
    case .resourceBusy: "it is in use (EBUSY)"
    case .invalidArgument: "the kernel finds it invalid (EINVAL)"
    case .notSupported, .notSupportedOnSocket: "this kernel does not support it (EOPNOTSUPP)"
    case .messageTooLong: "the message is larger than the socket's send buffer (EMSGSIZE)"
    case .staleGeneration: "the rule set was changed by somebody else meanwhile (ERESTART)"
    default: "\(description) (errno \(rawValue))"
    }
  }
}
