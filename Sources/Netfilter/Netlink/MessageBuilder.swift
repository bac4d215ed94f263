import CNetfilter

/// Writes one netlink message: header, a protocol's fixed header, attributes.
package struct MessageBuilder: Sendable {
  private var buffer: [UInt8] = []

  init(type: UInt16, flags: NetlinkFlags, sequence: UInt32) {
    let header = nlmsghdr(
      nlmsg_len: 0, nlmsg_type: type, nlmsg_flags: flags.rawValue, nlmsg_seq: sequence, nlmsg_pid: 0)
    buffer.append(bytesOf: header)
  }

  /// The message with its length filled in.
  var bytes: [UInt8] {
    var bytes = buffer
    bytes.replaceSubrange(0..<4, with: UInt32(buffer.count).hostBytes)
    return bytes
  }

  mutating func put(header: some BitwiseCopyable) {
    buffer.append(bytesOf: header)
    buffer.padToNetlinkAlignment()
  }

  /// - Precondition: the payload is shorter than 64 KiB; every caller's is a number, an address or a name
  ///   that the kernel limits to 256 bytes. A longer one is cut.
  mutating func put(_ type: some BinaryInteger, bytes: some Collection<UInt8>) {
    let payload = bytes.prefix(Int(UInt16.max) - NetlinkAttribute.headerSize)
    let length = UInt16(NetlinkAttribute.headerSize + payload.count)
    buffer.append(bytesOf: nlattr(nla_len: length, nla_type: UInt16(truncatingIfNeeded: type)))
    buffer.append(contentsOf: payload)
    buffer.padToNetlinkAlignment()
  }

  /// A text with its NUL.
  mutating func put(_ type: some RawRepresentable<UInt32>, string: String) {
    put(type.rawValue, bytes: Array(string.utf8) + [0])
  }

  mutating func put(_ type: some BinaryInteger, host32 value: UInt32) {
    put(type, bytes: value.hostBytes)
  }

  mutating func put(_ type: some RawRepresentable<UInt32>, big32 value: UInt32) {
    put(type.rawValue, bytes: value.bigEndian.hostBytes)
  }
}

extension UInt32 {
  fileprivate var hostBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bytesOf: self)
    return bytes
  }
}
