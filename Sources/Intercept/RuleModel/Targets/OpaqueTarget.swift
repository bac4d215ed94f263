/// A target that is not modelled, as the text it was read from: `LOG --log-prefix "in: "`.
public struct OpaqueTarget: Hashable, Sendable {
  /// Name and options, as they would be printed behind `-j`.
  public let text: String

  public init(_ text: String) {
    self.text = text
  }
}
