import CNetfilter
import Intercept
import NFTables

/// `struct xt_conntrack_mtinfo3`, for the state only.
extension ConntrackMatch: XtCodable {
  static var revision: UInt32 { 3 }

  func info(_ family: IPFamily) throws(PartEncodingError) -> [UInt8] {
    guard let state = self.state, self == ConntrackMatch(state: state) else {
      throw PartEncodingError("-m conntrack", "is written with --ctstate alone")
    }
    return [UInt8](connectionState: state, flags: XT_CONNTRACK_STATE)
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let state = info.connectionState(flags: XT_CONNTRACK_STATE) else { return nil }
    self.init(state: state)
  }
}

/// The same struct with XT_CONNTRACK_STATE_ALIAS.
extension StateMatch {
  private static let flags = XT_CONNTRACK_STATE | XT_CONNTRACK_STATE_ALIAS

  var xtExtension: XtExtension {
    XtExtension(
      ConntrackMatch.name, revision: ConntrackMatch.revision,
      info: [UInt8](connectionState: state, flags: Self.flags))
  }

  init?(_ xt: XtExtension) {
    guard xt.name == ConntrackMatch.name, xt.revision == ConntrackMatch.revision,
      let state = xt.info.connectionState(flags: Self.flags)
    else { return nil }
    self.init(state)
  }
}

extension [UInt8] {
  fileprivate init(connectionState state: Condition<ConntrackState>, flags: Int) {
    self.init(xt: xt_conntrack_mtinfo3.self) { info in
      info.match_flags = UInt16(flags)
      info.invert_flags = state.isNegated ? UInt16(XT_CONNTRACK_STATE) : 0
      info.state_mask = state.value.rawValue
    }
  }

  /// The state that the struct matches; nil for other conditions or flags.
  fileprivate func connectionState(flags: Int) -> Condition<ConntrackState>? {
    guard let info = xt(xt_conntrack_mtinfo3.self), info.match_flags == UInt16(flags) else { return nil }
    let state = ConntrackState(rawValue: info.state_mask)
    return info.invert_flags & UInt16(XT_CONNTRACK_STATE) != 0 ? .not(state) : .is(state)
  }
}
