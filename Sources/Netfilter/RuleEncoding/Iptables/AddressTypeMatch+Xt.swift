import CNetfilter
import Intercept

/// `struct xt_addrtype_info_v1`.
extension AddressTypeMatch: XtCodable {
  static var revision: UInt32 { 1 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_addrtype_info_v1.self) { info in
      if let source {
        info.source = source.value.rawValue
        if source.isNegated { info.flags |= UInt32(XT_ADDRTYPE_INVERT_SOURCE) }
      }
      if let destination {
        info.dest = destination.value.rawValue
        if destination.isNegated { info.flags |= UInt32(XT_ADDRTYPE_INVERT_DEST) }
      }
      switch limit {
      case .inInterface: info.flags |= UInt32(XT_ADDRTYPE_LIMIT_IFACE_IN)
      case .outInterface: info.flags |= UInt32(XT_ADDRTYPE_LIMIT_IFACE_OUT)
      case nil: break
      }
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_addrtype_info_v1.self) else { return nil }
    func condition(_ types: UInt16, _ flag: UInt32) -> Condition<AddressType>? {
      guard types != 0 else { return nil }
      let types = AddressType(rawValue: types)
      return info.flags & flag == 0 ? .is(types) : .not(types)
    }
    let limit: Limit? =
      info.flags & UInt32(XT_ADDRTYPE_LIMIT_IFACE_IN) != 0
      ? .inInterface : info.flags & UInt32(XT_ADDRTYPE_LIMIT_IFACE_OUT) != 0 ? .outInterface : nil
    self.init(
      source: condition(info.source, UInt32(XT_ADDRTYPE_INVERT_SOURCE)),
      destination: condition(info.dest, UInt32(XT_ADDRTYPE_INVERT_DEST)), limit: limit)
  }
}
