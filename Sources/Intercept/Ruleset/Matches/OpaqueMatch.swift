/// A match that is not modelled, as the text it was read from: `-m statistic --mode random --probability 0.5`.
public struct OpaqueMatch: Hashable, Sendable {
  /// Name and options, as they would be printed.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }
}
