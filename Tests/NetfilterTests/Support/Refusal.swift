import Netfilter

extension NFTablesConnection where Transport: ~Copyable {
  /// What the kernel says against a batch; nil if it commits it. (A batch cannot be consumed in the closure of
  /// `#expect(throws:)`.)
  mutating func refusal(of batch: consuming FinishedBatch) -> BatchError? {
    do {
      try commit(batch)
      return nil
    } catch {
      return error
    }
  }
}
