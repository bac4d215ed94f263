import CNetfilter
import Intercept

/// `struct xt_mark_mtinfo1`; `struct xt_connmark_mtinfo1` has the same layout.
extension MarkComparison where Self: XtCodable {
  static var revision: UInt32 { 1 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_mark_mtinfo1.self) { info in
      info.mark = mark.value.value.rawValue
      info.mask = mark.value.mask.rawValue
      info.invert = mark.isNegated ? 1 : 0
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_mark_mtinfo1.self) else { return nil }
    let mark = MaskedMark(Mark(rawValue: info.mark), mask: Mark(rawValue: info.mask))
    self.init(info.invert != 0 ? .not(mark) : .is(mark))
  }
}

/// The form of iptables-legacy; iptables-nft compares the packet's mark with expressions.
extension MarkMatch: XtCodable {}
extension ConnmarkMatch: XtCodable {}
