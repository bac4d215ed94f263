import CNetfilter
import Intercept

/// `struct xt_ct_target_info_v1`.
extension CTTarget: XtCodable {
  static var revision: UInt32 { 2 }

  func info(_ family: IPFamily) throws(PartEncodingError) -> [UInt8] {
    guard helper == nil, timeout == nil else {
      throw PartEncodingError("-j CT", "with a helper or a timeout policy is read and not written")
    }
    return unsafe [UInt8](xt: xt_ct_target_info_v1.self) { info in
      unsafe info.flags = UInt16(flags)
      unsafe info.zone = zone?.number?.rawValue ?? 0
      unsafe info.ct_events = events.rawValue
      unsafe info.exp_events = expectationEvents.rawValue
    }
  }

  private var flags: Int {
    let tracking = isUntracked ? XT_CT_NOTRACK : 0
    let source = zone?.id == .packetMark ? XT_CT_ZONE_MARK : 0
    return tracking | source | directionFlag
  }

  private var directionFlag: Int {
    switch zone?.direction {
    case .original?: XT_CT_ZONE_DIR_ORIG
    case .reply?: XT_CT_ZONE_DIR_REPL
    case nil: 0
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let read = unsafe info.xt(xt_ct_target_info_v1.self) else { return nil }
    let flags = unsafe Int(read.flags)
    // -j NOTRACK, another name of -j CT --notrack.
    guard flags & XT_CT_NOTRACK_ALIAS == 0 else { return nil }
    let number = unsafe ConntrackZone(rawValue: read.zone)
    self.init()
    isUntracked = flags & XT_CT_NOTRACK != 0
    zone = ConntrackZoneChoice(
      flags & XT_CT_ZONE_MARK != 0 ? .packetMark : .number(number), in: ConntrackDirection(flags: flags))
    events = unsafe ConntrackEvents(rawValue: read.ct_events)
    expectationEvents = unsafe ConntrackExpectationEvents(rawValue: read.exp_events)
    // A struct with other fields, such as a helper or a timeout policy, stays opaque.
    let rest = unsafe [UInt8](xt: xt_ct_target_info_v1.self) { info in unsafe info = read }
    guard (try? self.info(family)) == rest else { return nil }
  }
}

extension ConntrackDirection {
  fileprivate init?(flags: Int) {
    if flags & XT_CT_ZONE_DIR_ORIG != 0 {
      self = .original
    } else if flags & XT_CT_ZONE_DIR_REPL != 0 {
      self = .reply
    } else {
      return nil
    }
  }
}
