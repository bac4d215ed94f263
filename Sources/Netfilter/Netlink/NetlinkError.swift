public import SystemPackage

/// A failed netlink operation: the operation, its object and the reason.
public struct NetlinkError: Error, Hashable, Sendable {
  /// The operation as a verb phrase: "add rule".
  public var operation: String
  /// The object of the operation, such as the text of a rule or the name of a chain. May be empty.
  public var object: String
  /// The reason.
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
  /// Runs `body` and names the operation and its object in an error.
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

/// The reason of a failure between this process and the kernel. ``NetlinkError`` adds the operation.
public enum NetlinkFailure: Error, Hashable, Sendable {
  /// The kernel answered with an error.
  case refused(Errno, ExtendedAck?)
  /// A system call on the socket failed.
  case call(String, Errno)
  /// No answer came in the time given, in milliseconds.
  case noReply(milliseconds: Int)
  /// The receive queue overflowed (`ENOBUFS`): answers were lost, so the outcome is unknown.
  case repliesLost
  /// An answer was larger than the receive buffer.
  case truncated
  /// An answer contradicts its own lengths or its type.
  case malformed(String)
  /// The rule set kept changing while it was being read.
  case unstable(attempts: Int)
  /// A netlink message cannot hold the value.
  case inexpressible(String)
}

extension NetlinkFailure {
  /// True if the kernel refused a batch because the rule set has changed since the batch was planned.
  public var isStaleGeneration: Bool { errno == .staleGeneration }

  /// True if the kernel may have carried out the request: its answer is lost or unreadable.
  public var leavesOutcomeOpen: Bool {
    switch self {
    case .call, .noReply, .repliesLost, .truncated, .malformed: true
    case .refused, .unstable, .inexpressible: false
    }
  }

  /// The error number of a refusal by the kernel.
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
    case .repliesLost: "the kernel's answers overflowed the receive buffer: the outcome is unknown"
    case .truncated: "the kernel's answer is larger than the receive buffer"
    case .malformed(let what): "the kernel's answer is malformed: \(what)"
    case .unstable(let attempts): "the rule set changed during each of \(attempts) attempts"
    case .inexpressible(let why): why
    }
  }
}

extension Errno {
  /// `ERESTART`: nfnetlink's answer to a batch with an outdated generation id. No ordinary system call
  /// returns it, so SystemPackage has no name for it.
  package static var staleGeneration: Errno { Errno(rawValue: 85) }

  /// The error as it applies to packet-filter rules, with its symbolic name for searching.
  package var sentence: String {
    switch self {
    case .notPermitted: "not permitted (EPERM)"
    case .noSuchFileOrDirectory: "an object that it names does not exist (ENOENT)"
    case .fileExists: "it already exists (EEXIST)"
    case .resourceBusy: "it is in use (EBUSY)"
    case .invalidArgument: "the kernel rejects it as invalid (EINVAL)"
    case .notSupported, .notSupportedOnSocket: "this kernel does not support it (EOPNOTSUPP)"
    case .messageTooLong: "the message is larger than the socket's send buffer (EMSGSIZE)"
    case .staleGeneration: "another program has changed the rule set meanwhile (ERESTART)"
    default: "\(description) (errno \(rawValue))"
    }
  }
}

/// Evaluates an expression and converts the error that it throws.
package func mapError<Success: ~Copyable, Failure, Converted>(
  _ body: @autoclosure () throws(Failure) -> Success, _ convert: (Failure) -> Converted
) throws(Converted) -> Success {
  do throws(Failure) {
    return try body()
  } catch {
    throw convert(error)
  }
}
