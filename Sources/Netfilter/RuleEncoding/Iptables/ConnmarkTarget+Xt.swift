import CNetfilter
import Intercept

/// `struct xt_connmark_tginfo2`.
extension ConnmarkTarget: XtCodable {
  static var revision: UInt32 { 2 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_connmark_tginfo2.self) { info in
      switch self {
      case .set(let mark):
        info.mode = UInt8(XT_CONNMARK_SET)
        info.ctmark = mark.value.rawValue
        info.ctmask = mark.mask.rawValue
        info.nfmask = Mark.allBits.rawValue
      case .save(let packet, let connection):
        info.mode = UInt8(XT_CONNMARK_SAVE)
        (info.nfmask, info.ctmask) = (packet.rawValue, connection.rawValue)
      case .restore(let packet, let connection):
        info.mode = UInt8(XT_CONNMARK_RESTORE)
        (info.nfmask, info.ctmask) = (packet.rawValue, connection.rawValue)
      }
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_connmark_tginfo2.self), info.shift_dir == 0, info.shift_bits == 0
    else { return nil }
    let (packet, connection) = (Mark(rawValue: info.nfmask), Mark(rawValue: info.ctmask))
    switch Int(info.mode) {
    case XT_CONNMARK_SET: self = .set(MaskedMark(Mark(rawValue: info.ctmark), mask: connection))
    case XT_CONNMARK_SAVE: self = .save(packetMask: packet, connectionMask: connection)
    case XT_CONNMARK_RESTORE: self = .restore(packetMask: packet, connectionMask: connection)
    default: return nil
    }
  }
}
