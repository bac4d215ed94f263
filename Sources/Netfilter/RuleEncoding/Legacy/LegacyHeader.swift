import CNetfilter
import Intercept

/// The beginning of an entry: conditions of the IP header and interfaces, sizes and counters.
struct LegacyHeader {
  /// Size of the beginning, in bytes.
  let size: Int
  /// Distance from the entry to its target, in bytes.
  let target: Int
  /// Distance from the entry to the next one, in bytes.
  let next: Int
  /// True if a jump does not return (`IPT_F_GOTO`).
  let isGoto: Bool
  let counters: Counters

  private let source: (address: [UInt8], mask: [UInt8])
  private let destination: (address: [UInt8], mask: [UInt8])
  private let input: (name: [UInt8], mask: [UInt8])
  private let output: (name: [UInt8], mask: [UInt8])
  /// The protocol's number; 0 for every protocol.
  private let proto: UInt8
  private let isFragment: Bool
  private let inverted: Int

  /// Nil if there are too few bytes.
  init?(_ bytes: [UInt8], _ family: IPFamily) {
    switch family {
    case .ipv4:
      guard let entry = bytes.xt(ipt_entry.self) else { return nil }
      size = MemoryLayout<ipt_entry>.size
      (target, next) = (Int(entry.target_offset), Int(entry.next_offset))
      isGoto = entry.ip.flags & UInt8(IPT_F_GOTO) != 0
      isFragment = entry.ip.flags & UInt8(IPT_F_FRAG) != 0
      counters = Counters(packets: entry.counters.pcnt, bytes: entry.counters.bcnt)
      proto = UInt8(truncatingIfNeeded: entry.ip.proto)
      inverted = Int(entry.ip.invflags)
    case .ipv6:
      guard let entry = bytes.xt(ip6t_entry.self) else { return nil }
      size = MemoryLayout<ip6t_entry>.size
      (target, next) = (Int(entry.target_offset), Int(entry.next_offset))
      isGoto = entry.ipv6.flags & UInt8(IP6T_F_GOTO) != 0
      isFragment = false
      counters = Counters(packets: entry.counters.pcnt, bytes: entry.counters.bcnt)
      proto = entry.ipv6.flags & UInt8(IP6T_F_PROTO) != 0 ? UInt8(truncatingIfNeeded: entry.ipv6.proto) : 0
      inverted = Int(entry.ipv6.invflags)
    }
    // Both structs begin with two addresses and their masks, then two names of interfaces and their masks.
    let length = family.addressBits / 8
    func field(_ index: Int) -> [UInt8] {
      index < 4
        ? Array(bytes[index * length..<(index + 1) * length])
        : Array(bytes[4 * length + (index - 4) * Self.nameSize..<4 * length + (index - 3) * Self.nameSize])
    }
    (source, destination) = ((field(0), field(2)), (field(1), field(3)))
    (input, output) = ((field(4), field(6)), (field(5), field(7)))
  }

  /// Size of an interface's name (`IFNAMSIZ`), in bytes.
  private static let nameSize = 16

  /// The conditions as matches, in the order in which `iptables-save` prints them.
  func conditions(_ family: IPFamily) -> [Match] {
    let blocks = [
      block(source, family, "-s", Int(IPT_INV_SRCIP), Match.source),
      block(destination, family, "-d", Int(IPT_INV_DSTIP), Match.destination),
    ]
    let interfaces = [
      interface(input, Int(IPT_INV_VIA_IN)).map(Match.inInterface),
      interface(output, Int(IPT_INV_VIA_OUT)).map(Match.outInterface),
    ]
    let number = IPProtocol(rawValue: proto)
    let others: [Match?] = [
      proto == 0 ? nil : .proto(condition(number, Int(IPT_INV_PROTO))),
      isFragment ? .opaque(OpaqueMatch(inverted & Int(IPT_INV_FRAG) == 0 ? "-f" : "! -f")) : nil,
    ]
    return (blocks + interfaces + others).compactMap(\.self)
  }

  private func condition<Value>(_ value: Value, _ flag: Int) -> Condition<Value> {
    inverted & flag == 0 ? .is(value) : .not(value)
  }

  /// An address with a mask; nil without a condition. A mask with gaps becomes text.
  private func block(
    _ value: (address: [UInt8], mask: [UInt8]), _ family: IPFamily, _ option: String, _ flag: Int,
    _ make: (Condition<CIDR>) -> Match
  ) -> Match? {
    let (address, mask) = (
      UInt128(bigEndianBytes: value.address[...]), UInt128(bigEndianBytes: value.mask[...])
    )
    guard mask != 0 else { return nil }
    let length = mask.nonzeroBitCount
    if CIDR.mask(family, prefixLength: length) == mask,
      let block = CIDR(IPAddress(family, bits: address), prefixLength: length)
    {
      return make(condition(block, flag))
    }
    let text = "\(option) \(IPAddress(family, bits: address))/\(IPAddress(family, bits: mask))"
    return .opaque(OpaqueMatch(inverted & flag == 0 ? text : "! \(text)"))
  }

  /// An interface's name, or the beginning of one if the mask does not cover the NUL; nil without a condition.
  private func interface(_ value: (name: [UInt8], mask: [UInt8]), _ flag: Int) -> Condition<InterfacePattern>?
  {
    let name = value.name.prefix { $0 != 0 }
    let compared = value.mask.prefix { $0 == .max }.count
    guard compared > 0 else { return nil }
    // The kernel keeps the wildcard of `eth+` in the name, after the compared bytes.
    let stem = String(decoding: name.prefix(compared), as: UTF8.self)
    return InterfacePattern(compared > name.count ? stem : stem + "+").map { condition($0, flag) }
  }
}
