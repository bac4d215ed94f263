import CNetfilter

/// What the kernel adds to an error number: the NLMSGERR_ATTR_* attributes of an answer.
public struct ExtendedAck: Hashable, Sendable {
  /// The kernel's own words.
  public var message: String?
  /// Where the offending attribute begins, in bytes from the start of the refused message.
  public var offset: UInt32?
  /// The text of the offending attribute, where it holds one: the name of the chain that is missing, say.
  public var culprit: String?

  public init(message: String? = nil, offset: UInt32? = nil, culprit: String? = nil) {
    self.message = message
    self.offset = offset
    self.culprit = culprit
  }
}

extension ExtendedAck {
  /// Reads the attributes behind a `struct nlmsgerr`; nil when the kernel said nothing more.
  init?(_ attributes: AttributeTable) {
    message = attributes[NLMSGERR_ATTR_MSG]?.string
    offset = attributes[NLMSGERR_ATTR_OFFS]?.host32
    guard message != nil || offset != nil else { return nil }
  }
}

extension ExtendedAck: CustomStringConvertible {
  public var description: String {
    let place = culprit.map { "at \"\($0)\"" } ?? offset.map { "at byte \($0) of the message" }
    let words = message.map { "the kernel says: \($0)" }
    return [words, place].compactMap(\.self).joined(separator: " ")
  }
}
