import CNetfilter
import Intercept

/// `struct xt_ct_target_info_v1`.
extension CTTarget: XtCodable {
  static var revision: UInt32 { 2 }

  func info(_ family: IPFamily) -> [UInt8] {
    unsafe [UInt8](xt: xt_ct_target_info_v1.self) { info in
      unsafe info.zone = zone?.rawValue ?? 0
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let read = unsafe info.xt(xt_ct_target_info_v1.self) else { return nil }
    let zone = unsafe ConntrackZone(rawValue: read.zone)
    self.init(zone: zone == 0 ? nil : zone)
    // Whatever else is set - a helper, events, no tracking - is not modelled.
    guard info == self.info(family) else { return nil }
  }
}
