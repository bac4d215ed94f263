import CNetfilter
import Intercept

/// `struct xt_udp`, which iptables-nft uses only for `-m udp` without a condition. Ports are ``PortComparisons``.
extension UDPMatch: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_udp.self) { info in
      info.spts.1 = .max
      info.dpts.1 = .max
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    self.init()
    guard info == self.info(family) else { return nil }
  }

  var ports: PortComparisons { PortComparisons(source: source, destination: destination) }
}
