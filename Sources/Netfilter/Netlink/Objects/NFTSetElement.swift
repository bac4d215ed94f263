import CNetfilter

/// libnftnl's `nftnl_set_elem`: owned here until a set takes it.
@safe struct NFTSetElement: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_set_elem_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTSetElement {
    guard let pointer = unsafe nftnl_set_elem_alloc() else { throw .call("nftnl_set_elem_alloc", .current) }
    return unsafe NFTSetElement(adopting: pointer)
  }

  /// Gives the pointer up to a C object that will free it.
  consuming func release() -> OpaquePointer {
    let pointer = unsafe self.pointer
    discard self
    return unsafe pointer
  }

  func set(_ attribute: Int, _ value: UInt32) {
    unsafe nftnl_set_elem_set_u32(pointer, UInt16(attribute), value)
  }

  /// A key. libnftnl copies it to a place of fixed size without looking at its length.
  func set(_ attribute: Int, value: ArraySlice<UInt8>) throws(NetlinkFailure) {
    guard (1...Int(NFT_DATA_VALUE_MAXLEN)).contains(value.count) else {
      throw .inexpressible("a key of \(value.count) bytes does not fit a register")
    }
    let result = unsafe value.withUnsafeBufferPointer {
      unsafe nftnl_set_elem_set(pointer, UInt16(attribute), $0.baseAddress, UInt32($0.count))
    }
    guard result == 0 else { throw .call("nftnl_set_elem_set", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_SET_ELEM_USERDATA)
    guard unsafe nftnl_set_elem_set(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_set_elem_set", .current)
    }
  }
}
