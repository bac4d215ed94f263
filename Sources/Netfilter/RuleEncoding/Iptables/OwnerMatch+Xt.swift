import CNetfilter
import Intercept

/// `struct xt_owner_match_info`.
extension OwnerMatch: XtCodable {
  static var revision: UInt32 { 1 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_owner_match_info.self) { info in
      if let user {
        info.uid_min = user.value.lowerBound.rawValue
        info.uid_max = user.value.upperBound.rawValue
        info.ask(XT_OWNER_UID, isNegated: user.isNegated)
      }
      if let group {
        info.gid_min = group.value.lowerBound.rawValue
        info.gid_max = group.value.upperBound.rawValue
        info.ask(XT_OWNER_GID, isNegated: group.isNegated)
      }
      if let socketExists { info.ask(XT_OWNER_SOCKET, isNegated: !socketExists) }
      if includesSupplementaryGroups { info.ask(XT_OWNER_SUPPL_GROUPS, isNegated: false) }
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_owner_match_info.self), info.asksOnly(for: Self.known) else { return nil }
    let users = ClosedRange(
      from: UserID(rawValue: info.uid_min), to: UserID(rawValue: info.uid_max))
    let groups = ClosedRange(
      from: GroupID(rawValue: info.gid_min), to: GroupID(rawValue: info.gid_max))
    let user = users.flatMap { info.answer(XT_OWNER_UID, $0) }
    let group = groups.flatMap { info.answer(XT_OWNER_GID, $0) }
    guard info.asks(XT_OWNER_UID) == (user != nil), info.asks(XT_OWNER_GID) == (group != nil) else {
      return nil
    }
    self.init(
      user: user, group: group, socketExists: info.answer(XT_OWNER_SOCKET, true).map { !$0.isNegated },
      includesSupplementaryGroups: info.asks(XT_OWNER_SUPPL_GROUPS))
  }

  private static let known = XT_OWNER_UID | XT_OWNER_GID | XT_OWNER_SOCKET | XT_OWNER_SUPPL_GROUPS
}

extension xt_owner_match_info {
  fileprivate mutating func ask(_ flag: Int, isNegated: Bool) {
    match |= UInt8(flag)
    if isNegated { invert |= UInt8(flag) }
  }

  fileprivate func asks(_ flag: Int) -> Bool { Int(match) & flag != 0 }

  fileprivate func asksOnly(for flags: Int) -> Bool { Int(match | invert) & ~flags == 0 }

  fileprivate func answer<Value>(_ flag: Int, _ value: Value) -> Condition<Value>? {
    asks(flag) ? (Int(invert) & flag != 0 ? .not(value) : .is(value)) : nil
  }
}

extension ClosedRange where Bound: OwnerID {
  fileprivate init?(from first: Bound?, to last: Bound?) {
    guard let first, let last else { return nil }
    self.init(from: first, to: last)
  }
}
