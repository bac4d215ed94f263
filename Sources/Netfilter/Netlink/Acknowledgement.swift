import CNetfilter
import SystemPackage

/// The kernel's acknowledgement or refusal of one message.
///
/// The corresponding C type is `struct nlmsgerr` in a message of type NLMSG_ERROR.
package struct Acknowledgement: Hashable, Sendable {
  /// The sequence number of the acknowledged message.
  package var sequence: UInt32
  /// The reason of a refusal; nil means success.
  package var failure: NetlinkFailure?

  /// Nil if the message is something else.
  package init?(_ message: NetlinkMessage) throws(NetlinkFailure) {
    guard message.type == NLMSG_ERROR else { return nil }
    guard let error = message.payload.load(nlmsgerr.self) else {
      throw .malformed("an acknowledgement of \(message.payload.count) bytes")
    }
    sequence = message.sequence
    failure =
      error.error == 0 ? nil : .refused(try Self.errno(error.error), try Self.words(in: message, error))
  }

  package func check() throws(NetlinkFailure) {
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
    // Without NETLINK_CAP_ACK the whole refused message precedes the attributes.
    let repeated = message.flags.contains(.capped) ? 0 : Int(error.msg.nlmsg_len) - NetlinkMessage.headerSize
    guard repeated >= 0 else { throw .malformed("an acknowledgement of a message without a header") }
    let attributes = message.payload.dropFirst(MemoryLayout<nlmsgerr>.size + repeated.netlinkAligned)
    return ExtendedAck(try AttributeTable(attributes))
  }
}

/// Details that the kernel adds to an error number: the NLMSGERR_ATTR_* attributes of an answer.
public struct ExtendedAck: Hashable, Sendable {
  /// The kernel's message (NLMSGERR_ATTR_MSG).
  public var message: String?
  /// The offset of the offending attribute, in bytes from the start of the refused message.
  public var offset: UInt32?
  /// The text of the offending attribute, if it has one: for example the name of a missing chain.
  public var culprit: String?

  public init(message: String? = nil, offset: UInt32? = nil, culprit: String? = nil) {
    self.message = message
    self.offset = offset
    self.culprit = culprit
  }
}

extension ExtendedAck {
  /// Reads the attributes after a `struct nlmsgerr`; nil if there are none.
  init?(_ attributes: AttributeTable) {
    message = attributes[NLMSGERR_ATTR_MSG]?.string
    offset = attributes[NLMSGERR_ATTR_OFFS]?.host32
    guard message != nil || offset != nil else { return nil }
  }
}

extension ExtendedAck: CustomStringConvertible {
  public var description: String {
    let place = culprit.map { "at \"\($0)\"" } ?? offset.map { "at byte \($0) of the message" }
    let words = message.map { "kernel message: \($0)" }
    return [words, place].compactMap(\.self).joined(separator: " ")
  }
}
