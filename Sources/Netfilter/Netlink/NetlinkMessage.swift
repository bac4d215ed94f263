import CNetfilter

/// One message of a received datagram: a `struct nlmsghdr` and what follows it, all within bounds.
///
/// libmnl's own iterators trust the lengths in the message up to 1.0.5; these do not.
package struct NetlinkMessage: Hashable, Sendable {
  package var type: UInt16
  package var flags: NetlinkFlags
  package var sequence: UInt32
  package var portID: UInt32
  /// What follows the header, without padding.
  package var payload: ArraySlice<UInt8>

  static var headerSize: Int { MemoryLayout<nlmsghdr>.size }

  /// The messages of one datagram, in order.
  ///
  /// - Throws: ``NetlinkFailure/malformed(_:)`` if a length does not fit the bytes received.
  package static func messages(in datagram: [UInt8]) throws(NetlinkFailure) -> [NetlinkMessage] {
    var messages: [NetlinkMessage] = []
    var rest = datagram[...]
    while !rest.isEmpty {
      messages.append(try NetlinkMessage(takenFrom: &rest))
    }
    return messages
  }

  private init(takenFrom rest: inout ArraySlice<UInt8>) throws(NetlinkFailure) {
    guard let header = rest.prefix(Self.headerSize).load(nlmsghdr.self) else {
      throw .malformed("\(rest.count) bytes where a message header should be")
    }
    let length = Int(header.nlmsg_len)
    guard length >= Self.headerSize, length <= rest.count else {
      throw .malformed("a message of \(length) bytes in \(rest.count)")
    }
    type = header.nlmsg_type
    flags = NetlinkFlags(rawValue: header.nlmsg_flags)
    sequence = header.nlmsg_seq
    portID = header.nlmsg_pid
    payload = rest.prefix(length).dropFirst(Self.headerSize)
    rest = rest.dropFirst(length.netlinkAligned)
  }
}

extension NetlinkMessage {
  /// The fixed header that a protocol puts before its attributes, and the attributes.
  func body<Header: BitwiseCopyable>(
    _ type: Header.Type
  ) throws(NetlinkFailure) -> (header: Header, attributes: AttributeTable) {
    guard let header = payload.load(Header.self) else {
      throw .malformed("a message body of \(payload.count) bytes where \(Header.self) should be")
    }
    let attributes = payload.dropFirst(MemoryLayout<Header>.size.netlinkAligned)
    return (header, try AttributeTable(attributes))
  }
}
