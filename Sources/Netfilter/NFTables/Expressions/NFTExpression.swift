import CNetfilter
import Glibc
import Netlink

/// libnftnl's `nftnl_expr`, owned by this value until a rule owns it.
@safe struct NFTExpression: ~Copyable {
  private let pointer: OpaquePointer

  private init(adopting pointer: OpaquePointer) { unsafe self.pointer = pointer }

  deinit { unsafe nftnl_expr_free(pointer) }

  static func named(_ name: String) throws(NetlinkFailure) -> NFTExpression {
    guard let pointer = unsafe nftnl_expr_alloc(name) else {
      throw .inexpressible("libnftnl has no expression \"\(name)\"")
    }
    return unsafe NFTExpression(adopting: pointer)
  }

  /// Returns the pointer to a C object that will free it.
  consuming func release() -> OpaquePointer {
    let pointer = unsafe self.pointer
    discard self
    return unsafe pointer
  }
}

extension NFTExpression {
  func set(_ attribute: Int, _ value: UInt8) {
    unsafe nftnl_expr_set_u8(pointer, UInt16(attribute), value)
  }

  func set(_ attribute: Int, _ value: UInt32) {
    unsafe nftnl_expr_set_u32(pointer, UInt16(attribute), value)
  }

  func set(_ attribute: Int, _ value: UInt64) {
    unsafe nftnl_expr_set_u64(pointer, UInt16(attribute), value)
  }

  func set(_ attribute: Int, _ register: Register) { set(attribute, register.rawValue) }

  func set(_ attribute: Int, name: String) throws(NetlinkFailure) {
    guard unsafe nftnl_expr_set_str(pointer, UInt16(attribute), try KernelName(name).text) == 0 else {
      throw .call("nftnl_expr_set_str", .current)
    }
  }

  /// Sets a register value. libnftnl copies it to a buffer of fixed size without checking its length.
  func set(_ attribute: Int, value: [UInt8]) throws(NetlinkFailure) {
    guard (1...Int(NFT_DATA_VALUE_MAXLEN)).contains(value.count) else {
      throw .inexpressible("a value of \(value.count) bytes does not fit a register")
    }
    guard unsafe nftnl_expr_set(pointer, UInt16(attribute), value, UInt32(value.count)) == 0 else {
      throw .call("nftnl_expr_set", .current)
    }
  }

  /// Sets the C struct of an xt match or target. libnftnl takes ownership of the pointer and calls `free` on
  /// it, so the memory must come from `malloc`.
  func set(_ attribute: Int, info: [UInt8]) throws(NetlinkFailure) {
    guard info.count <= XtExtension.largestInfo, let blob = unsafe malloc(max(info.count, 1)) else {
      throw .inexpressible("an extension's blob of \(info.count) bytes is too large")
    }
    unsafe blob.copyMemory(from: info, byteCount: info.count)
    guard unsafe nftnl_expr_set(pointer, UInt16(attribute), blob, UInt32(info.count)) == 0 else {
      unsafe free(blob)
      throw .call("nftnl_expr_set", .current)
    }
  }
}

/// A register, through which expressions pass values (`enum nft_registers`).
package struct Register: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The register for verdicts.
  package static var verdict: Self { Self(rawValue: UInt32(NFT_REG_VERDICT.rawValue)) }
  /// The four registers of 16 bytes.
  package static var r1: Self { Self(rawValue: UInt32(NFT_REG_1.rawValue)) }
  package static var r2: Self { Self(rawValue: UInt32(NFT_REG_2.rawValue)) }
  package static var r3: Self { Self(rawValue: UInt32(NFT_REG_3.rawValue)) }
}

extension NetlinkAttribute {
  var register: Register? { big32.map(Register.init) }

  /// A value in a nest of NFTA_DATA_VALUE.
  func value() throws(NetlinkFailure) -> ArraySlice<UInt8>? {
    var value: ArraySlice<UInt8>?
    var attributes = AttributeReader(payload)
    while let attribute = try attributes.next() {
      if attribute.type == NFTA_DATA_VALUE.rawValue { value = attribute.payload }
    }
    return value
  }
}
