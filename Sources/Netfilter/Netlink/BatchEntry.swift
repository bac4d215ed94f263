/// What a message is about, for errors. Hardly ever asked for, and a text takes long to make.
package typealias BatchLabel = @Sendable () -> String

/// What a message of a batch is, to say so should the kernel refuse it.
struct BatchEntry: Sendable {
  let operation: String
  private let object: BatchLabel
  /// Where the message begins in the batch, in bytes.
  var start = 0

  init(_ operation: String, _ object: @escaping BatchLabel) {
    self.operation = operation
    self.object = object
  }

  func error(_ failure: NetlinkFailure) -> NetlinkError { NetlinkError(operation, object(), failure) }

  /// Runs `body` and says, should it fail, what was being attempted.
  func naming<Result>(_ body: () throws(NetlinkFailure) -> Result) throws(NetlinkError) -> Result {
    try NetlinkError.naming(operation, object(), body)
  }
}
