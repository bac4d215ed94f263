/// What a message of a batch is, to say so should the kernel refuse it.
struct BatchEntry: Hashable, Sendable {
  var operation: String
  var object: String
  /// Where the message begins in the batch, in bytes.
  var start = 0

  init(operation: String, object: String) {
    self.operation = operation
    self.object = object
  }

  func error(_ failure: NetlinkFailure) -> NetlinkError { NetlinkError(operation, object, failure) }
}
