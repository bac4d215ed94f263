import CNetfilter
import Intercept
import NFTables

/// `struct xt_tcp`. iptables-nft uses it only for `-m tcp` without a condition; ports are ``PortComparisons`` there.
extension TCPMatch: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_tcp.self) { info in
      info.spts.1 = .max
      info.dpts.1 = .max
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_tcp.self) else { return nil }
    let inverted = Int(info.invflags)
    func condition<Value>(_ value: Value, _ flag: Int) -> Condition<Value> {
      inverted & flag == 0 ? .is(value) : .not(value)
    }
    guard let source = PortRange(xt: info.spts), let destination = PortRange(xt: info.dpts) else {
      return nil
    }
    let flags = TCPFlagTest(TCPFlags(rawValue: info.flg_cmp), of: TCPFlags(rawValue: info.flg_mask))
    self.init(
      source: condition(source, Int(XT_TCP_INV_SRCPT)),
      destination: condition(destination, Int(XT_TCP_INV_DSTPT)),
      option: TCPOption(rawValue: info.option).map { condition($0, Int(XT_TCP_INV_OPTION)) },
      flags: info.flg_mask == 0 ? nil : condition(flags, Int(XT_TCP_INV_FLAGS)))
  }

  /// The match itself, if it has no condition except ports.
  func portsAlone() throws(PartEncodingError) -> TCPMatch {
    guard option == nil, flags == nil else {
      throw PartEncodingError("-m tcp", "is written with ports alone, not with flags or options")
    }
    return self
  }

  /// The match with other ports.
  func with(_ ports: PortComparisons) -> TCPMatch {
    TCPMatch(source: ports.source, destination: ports.destination, option: option, flags: flags)
  }

  /// The match with a test of flags.
  func with(_ flags: Condition<TCPFlagTest>) -> TCPMatch {
    TCPMatch(source: source, destination: destination, option: option, flags: flags)
  }

  var ports: PortComparisons { PortComparisons(source: source, destination: destination) }
}

extension FieldComparison {
  /// The test of flags, byte 13 of the header, as iptables-nft encodes it; nil for any other comparison.
  var tcpFlags: Condition<TCPFlagTest>? {
    guard field == .payload(.transport, offset: 13, length: 1), let mask = mask?.first,
      let flags = comparison?.equality, let set = flags.value.first, (mask | set) & 0xc0 == 0
    else { return nil }
    return flags.map { _ in TCPFlagTest(TCPFlags(rawValue: set), of: TCPFlags(rawValue: mask)) }
  }

  /// `-f`, the second and later fragments of a packet; nil for any other comparison.
  func fragment(_ family: IPFamily) -> OpaqueMatch? {
    guard family == .ipv4, field == .payload(.network, offset: 6, length: 2), mask == [0x1f, 0xff],
      let value = comparison?.equality, value.value == [0, 0]
    else { return nil }
    return OpaqueMatch(value.isNegated ? "-f" : "! -f")
  }
}

extension PortRange {
  /// The range of a kernel struct, in host order; nil if its ends are exchanged.
  init?(xt ports: (UInt16, UInt16)) {
    guard ports.0 <= ports.1 else { return nil }
    self = Port(rawValue: ports.0)...Port(rawValue: ports.1)
  }
}
