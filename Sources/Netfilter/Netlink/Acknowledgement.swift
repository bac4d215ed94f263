import CNetfilter
import SystemPackage

/// The kernel's word on one message: done, or refused and why (NLMSG_ERROR, `struct nlmsgerr`).
struct Acknowledgement: Hashable, Sendable {
  /// Of the message that is answered.
  var sequence: UInt32
  /// Nil means done.
  var failure: NetlinkFailure?

  /// Nil if the message is something else.
  init?(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard message.type == NLMSG_ERROR else { return nil }
    guard let error = message.payload.load(nlmsgerr.self) else {
      throw .malformed("an acknowledgement of \(message.payload.count) bytes")
    }
    sequence = message.sequence
    failure =
      error.error == 0 ? nil : .refused(try Self.errno(error.error), try Self.words(in: message, error))
  }

  func check() throws(NetlinkFailure) {
    if let failure { throw failure }
  }

  /// The kernel's negative number as an errno.
  static func errno(_ number: Int32) throws(NetlinkFailure) -> Errno {
    guard number < 0, number > Int32.min else { throw .malformed("error number \(number)") }
    return Errno(rawValue: -number)
  }

  private static func words(
    in message: NetlinkMessage, _ error: nlmsgerr
  ) throws(NetlinkFailure) -> ExtendedAck? {
    guard message.flags.contains(.acknowledgementAttributes) else { return nil }
    // Without NETLINK_CAP_ACK the whole refused message stands before the attributes.
    let repeated = message.flags.contains(.capped) ? 0 : Int(error.msg.nlmsg_len) - NetlinkMessage.headerSize
    guard repeated >= 0 else { throw .malformed("an acknowledgement of a message without a header") }
    let attributes = message.payload.dropFirst(MemoryLayout<nlmsgerr>.size + repeated.netlinkAligned)
    return ExtendedAck(try AttributeTable(attributes))
  }
}

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
