import CNetfilter
import Intercept

/// `struct xt_tcp`, which iptables-nft uses only for `-m tcp` without a condition. Ports are ``PortComparisons``.
extension TCPMatch: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    [UInt8](xt: xt_tcp.self) { info in
      info.spts.1 = .max
      info.dpts.1 = .max
    }
  }

  init?(info: [UInt8], _ family: IPFamily) {
    self.init()
    guard info == self.info(family) else { return nil }
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
