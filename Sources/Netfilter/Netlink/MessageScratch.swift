import CNetfilter

/// Memory in which libnftnl writes one message. It writes without looking for the end: callers see to it
/// that no message comes near the size of this.
@safe struct MessageScratch: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer

  /// An attribute counts 64 KiB at most, and no message has two large ones.
  private static var size: Int { 1 << 17 }

  init() {
    unsafe memory = .allocate(byteCount: Self.size, alignment: MemoryLayout<nlmsghdr>.alignment)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { unsafe memory.deallocate() }

  /// The bytes of a message of nf_tables whose attributes `attributes` writes.
  func message(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ flags: NetlinkFlags, sequence: UInt32,
    attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void
  ) throws(NetlinkFailure) -> [UInt8] {
    let start = unsafe memory.baseAddress?.assumingMemoryBound(to: CChar.self)
    let kind = UInt16(truncatingIfNeeded: type.rawValue)
    guard
      let header = unsafe nftnl_nlmsg_build_hdr(
        start, kind, UInt16(family.rawValue), flags.rawValue, sequence)
    else { throw .call("nftnl_nlmsg_build_hdr", .current) }
    unsafe attributes(header)
    let message = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.prefix(Int(header.pointee.nlmsg_len)))
    // libmnl writes no padding: it must be zero already when the next message comes.
    defer { unsafe message.initializeMemory(as: UInt8.self, repeating: 0) }
    return unsafe Array(message)
  }
}
