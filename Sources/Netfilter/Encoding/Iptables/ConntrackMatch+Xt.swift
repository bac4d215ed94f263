import CNetfilter
import Intercept

/// `struct xt_conntrack_mtinfo3`.
extension ConntrackMatch: XtCodable {
  static var revision: UInt32 { 3 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_conntrack_mtinfo3.self) { info in
      info.match_flags = UInt16(XT_CONNTRACK_STATE)
      info.invert_flags = state.isNegated ? UInt16(XT_CONNTRACK_STATE) : 0
      info.state_mask = state.value.rawValue
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_conntrack_mtinfo3.self), info.match_flags == UInt16(XT_CONNTRACK_STATE)
    else { return nil }
    let state = ConntrackState(rawValue: info.state_mask)
    self.init(state: info.invert_flags & UInt16(XT_CONNTRACK_STATE) != 0 ? .not(state) : .is(state))
  }
}
