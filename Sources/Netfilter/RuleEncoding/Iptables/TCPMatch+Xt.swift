import CNetfilter
import Intercept

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

  var ports: PortComparisons { PortComparisons(source: source, destination: destination) }
}

extension PortRange {
  /// The range of a kernel struct, in host order; nil if its ends are exchanged.
  init?(xt ports: (UInt16, UInt16)) {
    guard ports.0 <= ports.1 else { return nil }
    self = Port(rawValue: ports.0)...Port(rawValue: ports.1)
  }
}
