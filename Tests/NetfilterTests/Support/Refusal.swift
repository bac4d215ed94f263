import Netfilter

extension NFTablesConnection where Transport: ~Copyable {
  /// The kernel's error for a batch; nil if it commits the batch. (A batch cannot be consumed in the closure
  /// of `#expect(throws:)`.)
  mutating func refusal(of batch: consuming FinishedBatch) -> BatchError? {
    do {
      try commit(batch)
      return nil
    } catch {
      return error
    }
  }
}
