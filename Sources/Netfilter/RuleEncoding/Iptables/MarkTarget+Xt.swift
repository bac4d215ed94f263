import CNetfilter
import Intercept

/// `struct xt_mark_tginfo2`.
extension MarkTarget: XtCodable {
  static var revision: UInt32 { 2 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_mark_tginfo2.self) { info in
      info.mark = mark.value.rawValue
      info.mask = mark.mask.rawValue
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_mark_tginfo2.self) else { return nil }
    self.init(set: MaskedMark(Mark(rawValue: info.mark), mask: Mark(rawValue: info.mask)))
  }
}
