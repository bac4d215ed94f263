import CNetfilter

/// One message of a received datagram, with checked lengths.
///
/// The corresponding C type is `struct nlmsghdr` and its payload.
package struct NetlinkMessage: Hashable, Sendable {
  package var type: UInt16
  package var flags: NetlinkFlags
  package var sequence: UInt32
  package var portID: UInt32
  /// The payload, without padding.
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
  /// The fixed header of a protocol and the attributes after it.
  package func body<Header: BitwiseCopyable>(
    _ type: Header.Type
  ) throws(NetlinkFailure) -> (header: Header, attributes: AttributeTable) {
    guard let header = payload.load(Header.self) else {
      throw .malformed("a message body of \(payload.count) bytes where \(Header.self) should be")
    }
    let attributes = payload.dropFirst(MemoryLayout<Header>.size.netlinkAligned)
    return (header, try AttributeTable(attributes))
  }
}

/// The flags of a netlink message (`nlmsg_flags`, NLM_F_*).
package struct NetlinkFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }
  private init(_ constant: Int32) { rawValue = UInt16(truncatingIfNeeded: constant) }

  package static var acknowledge: Self { Self(NLM_F_ACK) }
  package static var dump: Self { Self(NLM_F_ROOT | NLM_F_MATCH) }
  package static var create: Self { Self(NLM_F_CREATE) }
  package static var exclusive: Self { Self(NLM_F_EXCL) }
  /// Create, after the objects that are there.
  package static var append: Self { Self(NLM_F_CREATE | NLM_F_APPEND) }
  package static var replace: Self { Self(NLM_F_REPLACE) }
  /// In an answer: the dumped objects changed during the dump.
  package static var dumpInterrupted: Self { Self(NLM_F_DUMP_INTR) }
  /// In an error: only the header of the refused message is repeated. Same bit as ``replace``.
  package static var capped: Self { Self(NLM_F_CAPPED) }
  /// In an error: attributes follow. Same bit as ``exclusive``.
  package static var acknowledgementAttributes: Self { Self(NLM_F_ACK_TLVS) }
}

/// Writes one request: netlink's header, a protocol's fixed header, attributes.
package struct MessageBuilder: Sendable {
  private var buffer: [UInt8] = []

  /// - Parameter flags: those besides NLM_F_REQUEST.
  package init(type: UInt16, flags: NetlinkFlags = NetlinkFlags(), sequence: UInt32) {
    let header = nlmsghdr(
      nlmsg_len: 0, nlmsg_type: type, nlmsg_flags: flags.rawValue | UInt16(NLM_F_REQUEST),
      nlmsg_seq: sequence, nlmsg_pid: 0)
    buffer.append(bytesOf: header)
  }

  /// The message with its length filled in.
  package var bytes: [UInt8] {
    var bytes = buffer
    bytes.overwrite(at: 0, with: UInt32(buffer.count))
    return bytes
  }

  package mutating func put(header: some BitwiseCopyable) {
    buffer.append(bytesOf: header)
    buffer.padToNetlinkAlignment()
  }

  /// Number of bytes so far.
  package var count: Int { buffer.count }

  /// - Precondition: the payload is shorter than 64 KiB; every caller's is a number, an address or a name
  ///   that the kernel limits to 256 bytes. A longer one is cut.
  package mutating func put(_ type: some BinaryInteger, bytes: ArraySlice<UInt8>) {
    let payload = bytes.prefix(Int(UInt16.max) - NetlinkAttribute.headerSize)
    beginAttribute(UInt16(truncatingIfNeeded: type), length: payload.count)
    buffer.append(contentsOf: payload)
    buffer.padToNetlinkAlignment()
  }

  package mutating func put(_ type: some RawRepresentable<UInt32>, bytes: ArraySlice<UInt8>) {
    put(type.rawValue, bytes: bytes)
  }

  /// A text with its NUL.
  ///
  /// - Precondition: the text is shorter than 64 KiB.
  package mutating func put(_ type: some RawRepresentable<UInt32>, string: String) {
    beginAttribute(UInt16(truncatingIfNeeded: type.rawValue), length: string.utf8.count + 1)
    buffer.append(contentsOf: string.utf8)
    buffer.append(0)
    buffer.padToNetlinkAlignment()
  }

  package mutating func put(_ type: some BinaryInteger, host32 value: UInt32) {
    beginAttribute(UInt16(truncatingIfNeeded: type), length: 4)
    buffer.append(bytesOf: value)
  }

  package mutating func put(_ type: some RawRepresentable<UInt32>, big32 value: UInt32) {
    put(type.rawValue, host32: value.bigEndian)
  }

  package mutating func put(_ type: some RawRepresentable<UInt32>, big64 value: UInt64) {
    beginAttribute(UInt16(truncatingIfNeeded: type.rawValue), length: 8)
    buffer.append(bytesOf: value.bigEndian)
  }

  /// Begins an attribute that holds attributes (NLA_F_NESTED).
  package mutating func beginNest(_ type: some RawRepresentable<UInt32>) -> Nest {
    let nest = Nest(start: buffer.count)
    beginAttribute(
      UInt16(truncatingIfNeeded: type.rawValue) | UInt16(truncatingIfNeeded: NLA_F_NESTED), length: 0)
    return nest
  }

  /// Ends a nest, and with it the attributes written since its beginning.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` if they exceed the 16-bit length of an attribute.
  package mutating func endNest(_ nest: Nest) throws(NetlinkFailure) {
    guard let length = UInt16(exactly: buffer.count - nest.start) else {
      throw .inexpressible("its attributes are larger than a netlink attribute can be")
    }
    buffer.overwrite(at: nest.start, with: length)
  }

  /// An attribute whose end is not written yet.
  package struct Nest: Sendable {
    fileprivate let start: Int
  }

  private mutating func beginAttribute(_ type: UInt16, length: Int) {
    let whole = UInt16(truncatingIfNeeded: NetlinkAttribute.headerSize + length)
    buffer.append(bytesOf: nlattr(nla_len: whole, nla_type: type))
  }
}
