import CNetfilter
import Intercept
import NFTables

/// `struct xt_conntrack_mtinfo3`. It is written for the state only.
extension ConntrackMatch: XtCodable {
  static var revision: UInt32 { 3 }

  func info(_ family: IPFamily) throws(PartEncodingError) -> [UInt8] {
    guard let state = self.state, self == ConntrackMatch(state: state) else {
      throw PartEncodingError("-m conntrack", "is written with --ctstate alone")
    }
    return [UInt8](connectionState: state, flags: XT_CONNTRACK_STATE)
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = ConntrackInfo(info, family), let conditions = info.conditions else { return nil }
    self.init(conditions)
  }
}

/// The conditions of `struct xt_conntrack_mtinfo3`.
private struct ConntrackInfo {
  private let info: xt_conntrack_mtinfo3
  private let fields: XtFields

  /// Nil for too few bytes, and for the struct of `-m state`.
  init?(_ bytes: [UInt8], _ family: IPFamily) {
    guard let info = bytes.xt(xt_conntrack_mtinfo3.self),
      info.match_flags & UInt16(XT_CONNTRACK_STATE_ALIAS) == 0
    else { return nil }
    self.info = info
    fields = XtFields(bytes: bytes, family: family)
  }

  /// Nil if an address has a mask that is no prefix, or a range its ends exchanged.
  var conditions: ConntrackConditions? {
    var read = ConntrackConditions(
      state: condition(XT_CONNTRACK_STATE, ConntrackState(rawValue: info.state_mask)))
    read.proto = condition(XT_CONNTRACK_PROTO, IPProtocol(rawValue: UInt8(truncatingIfNeeded: info.l4proto)))
    read.status = condition(XT_CONNTRACK_STATUS, ConntrackStatus(rawValue: UInt32(info.status_mask)))
    if uses(XT_CONNTRACK_EXPIRES) {
      guard info.expires_min <= info.expires_max else { return nil }
      read.expiry = condition(XT_CONNTRACK_EXPIRES, info.expires_min...info.expires_max)
    }
    if uses(XT_CONNTRACK_DIRECTION) {
      read.direction = isInverted(XT_CONNTRACK_DIRECTION) ? .reply : .original
    }
    return addAddresses(to: &read) && addPorts(to: &read) ? read : nil
  }

  private func addAddresses(to read: inout ConntrackConditions) -> Bool {
    let places: [(Int, WritableKeyPath<ConntrackConditions, Condition<CIDR>?>)] = [
      (XT_CONNTRACK_ORIGSRC, \.originalSource), (XT_CONNTRACK_ORIGDST, \.originalDestination),
      (XT_CONNTRACK_REPLSRC, \.replySource), (XT_CONNTRACK_REPLDST, \.replyDestination),
    ]
    for (number, (flag, part)) in places.enumerated() where uses(flag) {
      // Address and mask, 16 bytes each.
      let (address, mask) = (fields.address(32 * number), fields.address(32 * number + 16))
      let width = address.family.addressBits
      let length = mask.bits.nonzeroBitCount
      guard length == width || mask.bits.trailingZeroBitCount == width - length,
        let block = CIDR(address, prefixLength: length)
      else { return false }
      read[keyPath: part] = condition(flag, block)
    }
    return true
  }

  private func addPorts(to read: inout ConntrackConditions) -> Bool {
    let places: [(Int, (UInt16, UInt16), WritableKeyPath<ConntrackConditions, Condition<PortRange>?>)] = [
      (XT_CONNTRACK_ORIGSRC_PORT, (info.origsrc_port, info.origsrc_port_high), \.originalSourcePorts),
      (XT_CONNTRACK_ORIGDST_PORT, (info.origdst_port, info.origdst_port_high), \.originalDestinationPorts),
      (XT_CONNTRACK_REPLSRC_PORT, (info.replsrc_port, info.replsrc_port_high), \.replySourcePorts),
      (XT_CONNTRACK_REPLDST_PORT, (info.repldst_port, info.repldst_port_high), \.replyDestinationPorts),
    ]
    for (flag, ports, part) in places where uses(flag) {
      guard let range = PortRange(xt: ports) else { return false }
      read[keyPath: part] = condition(flag, range)
    }
    return true
  }

  private func uses(_ flag: Int) -> Bool { info.match_flags & UInt16(flag) != 0 }

  private func isInverted(_ flag: Int) -> Bool { info.invert_flags & UInt16(flag) != 0 }

  private func condition<Value>(_ flag: Int, _ value: Value) -> Condition<Value>? {
    guard uses(flag) else { return nil }
    return isInverted(flag) ? .not(value) : .is(value)
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
