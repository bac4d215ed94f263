import CNetfilter

/// libnftnl's `nftnl_table`.
@safe struct NFTTable: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_table_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTTable {
    guard let pointer = unsafe nftnl_table_alloc() else { throw .call("nftnl_table_alloc", .current) }
    return unsafe NFTTable(adopting: pointer)
  }

  func set(_ attribute: nftnl_table_attr, _ value: UInt32) {
    unsafe nftnl_table_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_table_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_table_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_table_set_str", .current) }
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_table_nlmsg_build_payload(message, pointer)
  }
}
