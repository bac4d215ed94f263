import CNetfilter
import Intercept

/// `struct xt_udp`. iptables-nft uses it only for `-m udp` without a condition; ports are ``PortComparisons`` there.
extension UDPMatch: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_udp.self) { info in
      info.spts.1 = .max
      info.dpts.1 = .max
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    guard let info = info.xt(xt_udp.self), let source = PortRange(xt: info.spts),
      let destination = PortRange(xt: info.dpts)
    else { return nil }
    let inverted = Int(info.invflags)
    self.init(
      source: inverted & Int(XT_UDP_INV_SRCPT) == 0 ? .is(source) : .not(source),
      destination: inverted & Int(XT_UDP_INV_DSTPT) == 0 ? .is(destination) : .not(destination))
  }

  var ports: PortComparisons { PortComparisons(source: source, destination: destination) }
}
