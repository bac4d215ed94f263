import CNetfilter

/// libnftnl's `nftnl_rule`.
@safe struct NFTRule: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_rule_free(pointer) }

  static func allocate() throws(NetlinkFailure) -> NFTRule {
    guard let pointer = unsafe nftnl_rule_alloc() else { throw .call("nftnl_rule_alloc", .current) }
    return unsafe NFTRule(adopting: pointer)
  }

  func set(_ attribute: nftnl_rule_attr, _ value: UInt32) {
    unsafe nftnl_rule_set_u32(pointer, UInt16(attribute.rawValue), value)
  }

  func set(_ attribute: nftnl_rule_attr, _ handle: Handle) {
    unsafe nftnl_rule_set_u64(pointer, UInt16(attribute.rawValue), handle.rawValue)
  }

  func set(_ attribute: nftnl_rule_attr, name: String) throws(NetlinkFailure) {
    let result = unsafe nftnl_rule_set_str(pointer, UInt16(attribute.rawValue), try KernelName(name).text)
    guard result == 0 else { throw .call("nftnl_rule_set_str", .current) }
  }

  func set(userdata: [UInt8]) throws(NetlinkFailure) {
    guard userdata.count <= NFT_USERDATA_MAXLEN else {
      throw .inexpressible("user data of \(userdata.count) bytes, the limit is \(NFT_USERDATA_MAXLEN)")
    }
    let attribute = UInt16(NFTNL_RULE_USERDATA.rawValue)
    guard unsafe nftnl_rule_set_data(pointer, attribute, userdata, UInt32(userdata.count)) == 0 else {
      throw .call("nftnl_rule_set_data", .current)
    }
  }

  /// Puts an expression at the end; the rule owns it from now on.
  mutating func add(_ expression: consuming NFTExpression) {
    unsafe nftnl_rule_add_expr(pointer, expression.release())
  }

  func build(into message: UnsafeMutablePointer<nlmsghdr>) {
    unsafe nftnl_rule_nlmsg_build_payload(message, pointer)
  }
}
