extension NetlinkTransport where Self: ~Copyable {
  /// Sends a batch and waits for the kernel's word on it.
  ///
  /// Returns only with proof that the whole batch was committed (or, for one without an end, found good). An
  /// empty batch is not sent.
  package mutating func commit(_ batch: consuming FinishedBatch) throws(BatchError) {
    if batch.isEmpty { return }
    do throws(NetlinkFailure) {
      try reserve(sending: batch.bytes.count, replies: batch.answers)
      try send(batch.bytes)
    } catch {
      throw BatchError(NetlinkError("send batch", "", error))
    }
    if let error = BatchError(failures(of: batch)) { throw error }
  }

  private mutating func failures(of batch: borrowing FinishedBatch) -> [NetlinkError] {
    var failures: [NetlinkError] = []
    while true {
      do throws(NetlinkFailure) {
        for message in try messages() {
          guard let acknowledgement = try Acknowledgement(message) else { continue }
          guard let answer = batch.answer(acknowledgement) else { continue }
          if let error = answer.error { failures.append(error) }
          if answer.isLast { return failures }
        }
      } catch {
        return failures + [NetlinkError("read the answers to a batch", "", error)]
      }
    }
  }
}
