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
