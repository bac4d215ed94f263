import CNetfilter

/// libnftnl's `nftnl_set`.
@safe struct NFTSet: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_set_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTSet {
    guard let pointer = unsafe nftnl_set_alloc() else { throw .call("nftnl_set_alloc", .current) }
    return unsafe NFTSet(adopting: pointer)
  }

  func set(_ attribute: nftnl_set_attr, _ value: UInt32) {
    unsafe nftnl_set_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_set_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_set_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_set_set_str", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_SET_USERDATA.rawValue)
    guard unsafe nftnl_set_set_data(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_set_set_data", .current)
    }
  }

  /// Puts an element at the end; the set owns it from now on.
  mutating func add(_ element: consuming NFTSetElement) {
    unsafe nftnl_set_elem_add(pointer, element.release())
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_set_nlmsg_build_payload(message, pointer)
  }

  func buildElements(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_set_elems_nlmsg_build_payload(message, pointer)
  }
}
