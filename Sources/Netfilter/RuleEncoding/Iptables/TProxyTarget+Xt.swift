import CNetfilter
import Intercept
import Netlink

/// `struct xt_tproxy_target_info_v1`.
extension TProxyTarget: XtCodable {
  static var revision: UInt32 { 1 }

  func info(_ family: IPFamily) throws(PartEncodingError) -> [UInt8] {
    guard address.family == family else { throw PartEncodingError("\(address)", "is no \(family) address") }
    return [UInt8](xt: xt_tproxy_target_info_v1.self) { info in
      info.mark_value = mark.value.rawValue
      info.mark_mask = mark.mask.rawValue
      info.lport = port.rawValue.bigEndian
      unsafe withUnsafeMutableBytes(of: &info.laddr) { unsafe $0.copyBytes(from: address.bytes) }
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_tproxy_target_info_v1.self) else { return nil }
    let bytes = unsafe withUnsafeBytes(of: info.laddr) { unsafe Array($0) }
    let bits = UInt128(bigEndianBytes: bytes.prefix(family.addressBits / 8))
    self.init(
      port: Port(rawValue: UInt16(bigEndian: info.lport)), address: IPAddress(family, bits: bits),
      mark: MaskedMark(Mark(rawValue: info.mark_value), mask: Mark(rawValue: info.mark_mask)))
  }
}
