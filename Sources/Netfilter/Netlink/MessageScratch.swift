import CNetfilter
import Glibc
import SystemPackage

/// Memory in which libnftnl writes one message. It writes without looking for the end: callers see to it
/// that no message comes near the size of this.
@safe struct MessageScratch: ~Copyable {
  private let memory: UnsafeMutableRawPointer?

  /// An attribute counts 64 KiB at most, and no message has two large ones.
  private static var size: Int { 1 << 17 }

  /// Memory of zeros, of which the kernel gives only what is written to.
  init() { unsafe memory = calloc(1, Self.size) }

  deinit { unsafe free(memory) }

  /// The bytes of a message of nf_tables whose attributes `attributes` writes.
  func message(
    _ type: nf_tables_msg_types, _ family: TableFamily, _ flags: NetlinkFlags, sequence: UInt32,
    attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void
  ) throws(NetlinkFailure) -> [UInt8] {
    guard let memory = unsafe memory else { throw .call("calloc", .noMemory) }
    let start = unsafe memory.assumingMemoryBound(to: CChar.self)
    let kind = UInt16(truncatingIfNeeded: type.rawValue)
    guard
      let header = unsafe nftnl_nlmsg_build_hdr(
        start, kind, UInt16(family.rawValue), flags.rawValue, sequence)
    else { throw .call("nftnl_nlmsg_build_hdr", .current) }
    unsafe attributes(header)
    let message = unsafe UnsafeMutableRawBufferPointer(start: memory, count: Int(header.pointee.nlmsg_len))
    // libmnl writes no padding: it must be zero already when the next message comes.
    defer { unsafe message.initializeMemory(as: UInt8.self, repeating: 0) }
    return unsafe Array(message)
  }
}
