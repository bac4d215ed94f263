import CNetfilter
import Intercept
import NFTables
import Netlink

extension OpaqueTarget {
  /// Decodes DNAT, SNAT, MASQUERADE and NETMAP, in the syntax of iptables; nil for other targets.
  ///
  /// The struct is `nf_nat_ipv4_multi_range_compat` in revision 0 of IPv4's tables, `nf_nat_range` or `nf_nat_range2`,
  /// which begins alike, otherwise.
  init?(translation xt: XtExtension, _ family: IPFamily) {
    guard ["DNAT", "SNAT", "MASQUERADE", "NETMAP"].contains(xt.name), let range = TranslationRange(xt, family)
    else {
      return nil
    }
    if xt.name == "NETMAP" {
      self.init("NETMAP --to \(range.block(family))")
      return
    }
    let option = xt.name == "DNAT" ? "--to-destination" : xt.name == "SNAT" ? "--to-source" : "--to-ports"
    let argument = range.text(family, isPortAlone: xt.name == "MASQUERADE")
    let words = [xt.name] + (argument.isEmpty ? [] : [option, argument]) + range.flagWords
    self.init(words.joined(separator: " "))
  }
}

/// The addresses, ports and flags of a NAT target.
private struct TranslationRange {
  private let flags: UInt32
  private let addresses: (UInt128, UInt128)
  private let ports: (UInt16, UInt16)
  /// The destination port that becomes the first of the range (`NF_NAT_RANGE_PROTO_OFFSET`); nil without.
  private var base: UInt16?

  init?(_ xt: XtExtension, _ family: IPFamily) {
    if family == .ipv4, xt.revision == 0 {
      guard let info = xt.info.xt(nf_nat_ipv4_multi_range_compat.self), info.rangesize == 1 else {
        return nil
      }
      flags = info.range.flags
      addresses = (
        UInt128(UInt32(bigEndian: info.range.min_ip)), UInt128(UInt32(bigEndian: info.range.max_ip))
      )
      ports = unsafe (UInt16(bigEndian: info.range.min.all), UInt16(bigEndian: info.range.max.all))
    } else {
      // flags, two addresses of 16 bytes, two ports.
      guard xt.info.count >= 40 else { return nil }
      flags = xt.info[..<4].exactly(UInt32.self) ?? 0
      let size = family.addressBits / 8
      addresses = (
        UInt128(bigEndianBytes: xt.info[4..<4 + size]), UInt128(bigEndianBytes: xt.info[20..<20 + size])
      )
      ports = (
        UInt16(truncatingIfNeeded: UInt128(bigEndianBytes: xt.info[36..<38])),
        UInt16(truncatingIfNeeded: UInt128(bigEndianBytes: xt.info[38..<40]))
      )
      if flags & UInt32(NF_NAT_RANGE_PROTO_OFFSET) != 0, xt.info.count >= 42 {
        base = UInt16(truncatingIfNeeded: UInt128(bigEndianBytes: xt.info[40..<42]))
      }
    }
  }

  /// The block from the first address to the last one: `10.0.0.0/24`.
  func block(_ family: IPFamily) -> String {
    let length = family.addressBits - (addresses.0 ^ addresses.1).nonzeroBitCount
    return "\(IPAddress(family, bits: addresses.0))/\(length)"
  }

  /// `10.0.0.1-10.0.0.9:80-90`.
  func text(_ family: IPFamily, isPortAlone: Bool) -> String {
    var text = ""
    let hasPorts = flags & UInt32(NF_NAT_RANGE_PROTO_SPECIFIED) != 0
    if flags & UInt32(NF_NAT_RANGE_MAP_IPS) != 0 {
      let ends = [addresses.0, addresses.1].map { "\(IPAddress(family, bits: $0))" }
      text = ends[0] == ends[1] ? ends[0] : ends.joined(separator: "-")
      if hasPorts, family == .ipv6 { text = "[\(text)]" }
    }
    guard hasPorts else { return text }
    text += (isPortAlone ? "" : ":") + (ports.0 == ports.1 ? "\(ports.0)" : "\(ports.0)-\(ports.1)")
    return text + (base.map { "/\($0)" } ?? "")
  }

  var flagWords: [String] {
    let names: [(Int, String)] = [
      (Int(NF_NAT_RANGE_PROTO_RANDOM), "--random"), (Int(NF_NAT_RANGE_PROTO_RANDOM_FULLY), "--random-fully"),
      (Int(NF_NAT_RANGE_PERSISTENT), "--persistent"),
    ]
    return names.filter { flags & UInt32($0.0) != 0 }.map(\.1)
  }
}
