import CNetfilter

/// libnftnl's `nftnl_chain`.
@safe struct NFTChain: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_chain_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTChain {
    guard let pointer = unsafe nftnl_chain_alloc() else { throw .call("nftnl_chain_alloc", .current) }
    return unsafe NFTChain(adopting: pointer)
  }

  func set(_ attribute: nftnl_chain_attr, _ value: UInt32) {
    unsafe nftnl_chain_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_chain_attr, _ value: Int32) {
    unsafe nftnl_chain_set_s32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_chain_attr, _ handle: Handle) {
    unsafe nftnl_chain_set_u64(pointer, UInt16(attribute.rawValue), handle.rawValue)
  }

  func set(_ attribute: nftnl_chain_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_chain_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_chain_set_str", .current) }
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_chain_nlmsg_build_payload(message, pointer)
  }
}
