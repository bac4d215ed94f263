import CNetfilter
import Intercept

/// `struct nf_nat_ipv4_multi_range_compat` in IPv4's tables, `struct nf_nat_range` in IPv6's.
extension RedirectTarget: XtCodable {
  static var revision: UInt32 { 0 }

  func info(_ family: IPFamily) -> [UInt8] {
    switch family {
    case .ipv4:
      [UInt8](xt: nf_nat_ipv4_multi_range_compat.self) { info in
        info.rangesize = 1
        info.range.flags = flags
        unsafe info.range.min.all = first
        unsafe info.range.max.all = last
      }
    case .ipv6:
      [UInt8](xt: nf_nat_range.self) { info in
        info.flags = flags
        unsafe info.min_proto.all = first
        unsafe info.max_proto.all = last
      }
    }
  }

  private var flags: UInt32 {
    UInt32(
      (ports == nil ? 0 : NF_NAT_RANGE_PROTO_SPECIFIED) | (isRandom ? NF_NAT_RANGE_PROTO_RANDOM : 0)
        | (isFullyRandom ? NF_NAT_RANGE_PROTO_RANDOM_FULLY : 0))
  }
  private var first: UInt16 { ports?.lowerBound.rawValue.bigEndian ?? 0 }
  private var last: UInt16 { ports?.upperBound.rawValue.bigEndian ?? 0 }

  init?(info: [UInt8], _ family: IPFamily) {
    switch family {
    case .ipv4:
      guard let info = info.xt(nf_nat_ipv4_multi_range_compat.self), info.rangesize == 1 else { return nil }
      unsafe self.init(info.range.flags, info.range.min.all, info.range.max.all)
    case .ipv6:
      guard let info = info.xt(nf_nat_range.self) else { return nil }
      unsafe self.init(info.flags, info.min_proto.all, info.max_proto.all)
    }
  }

  /// Decodes ports in network order; nil with a flag that is not modelled.
  private init?(_ flags: UInt32, _ first: UInt16, _ last: UInt16) {
    let ends = (Port(rawValue: UInt16(bigEndian: first)), Port(rawValue: UInt16(bigEndian: last)))
    let hasPorts = flags & UInt32(NF_NAT_RANGE_PROTO_SPECIFIED) != 0
    let ports = hasPorts ? PortRange(from: ends.0, to: ends.1) : nil
    self.init(
      ports: ports, isRandom: flags & UInt32(NF_NAT_RANGE_PROTO_RANDOM) != 0,
      isFullyRandom: flags & UInt32(NF_NAT_RANGE_PROTO_RANDOM_FULLY) != 0)
    guard hasPorts == (ports != nil), self.flags == flags else { return nil }
  }
}
