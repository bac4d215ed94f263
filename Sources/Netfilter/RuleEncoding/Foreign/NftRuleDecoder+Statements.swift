import CNetfilter
import Intercept
import NFTables
import Netlink

extension NftRuleDecoder {
  /// Decodes an expression that this program does not write.
  mutating func decode(_ unknown: UnknownExpression) {
    guard let data = try? AttributeTable(unknown.data[...]) else { return write(unknown.name) }
    if load(unknown.name, data) { return }
    switch unknown.name {
    case "nat": decodeNAT(data)
    case "masq":
      write(
        "masquerade" + ports(data.register(2), data.register(3), " to :") + NatFlags.text(data[1]?.big32 ?? 0)
      )
    case "reject": decodeReject(type: data[1]?.big32 ?? 0, code: data[2]?.byte ?? 0)
    case "queue": write("queue to \(data[1]?.payload.exactly(UInt16.self)?.bigEndian ?? 0)")
    case "limit": write(limit(data))
    case "log": write(log(data))
    case "fib": decodeRoute(data)
    case "lookup": decodeMap(data)
    case "dynset": decodeSetUpdate(data)
    case "exthdr": decodeOption(data)
    case "objref": write(object(data))
    case "quota": write(quota(data))
    case "connlimit": write(connectionLimit(data))
    case "dup": write("dup to " + target(data.register(1)) + device(data.register(2), " device "))
    case "fwd": write("fwd to" + device(data.register(1), " "))
    case "flow_offload": write("flow add @\(data[1]?.string ?? "")")
    default: write(unknown.name)
    }
  }

  private mutating func decodeNAT(_ data: AttributeTable) {
    let kind = data[1]?.big32 == 0 ? "snat" : "dnat"
    let family = TableFamily(rawValue: UInt8(truncatingIfNeeded: data[2]?.big32 ?? 0)).addressFamily
    let title = table.family == .inet ? family.map { $0 == .ipv4 ? " ip" : " ip6" } ?? "" : ""
    let hasPort = data[5] != nil
    if let register = data.register(3), case .mapped(_, true)? = registers[register] { return write(kind) }
    let address = data.register(3).map { hosts($0, data.register(4), family, hasPort: hasPort) } ?? ""
    let flags = NatFlags.text(data[7]?.big32 ?? 0)
    write("\(kind)\(title) to \(address)\(ports(data.register(5), data.register(6), ":"))\(flags)")
  }

  /// The addresses in one register or two.
  func hosts(_ first: Register, _ last: Register?, _ family: IPFamily?, hasPort: Bool) -> String {
    switch registers[first] {
    case .constant(let low)?:
      let kind = NftValueKind.address(family ?? (low.count == 4 ? .ipv4 : .ipv6))
      var high = low
      if let last, case .constant(let other)? = registers[last] { high = other }
      let range = kind.number(low)...max(kind.number(low), kind.number(high))
      let isBracketed = hasPort && family == .ipv6
      guard isBracketed else { return kind.text(range) }
      let ends =
        range.lowerBound == range.upperBound ? [range.lowerBound] : [range.lowerBound, range.upperBound]
      return ends.map { "[\(kind.text($0...$0))]" }.joined(separator: "-")
    case .mapped(let text, _)?: return text
    case .field(let key, _, _)?: return key.text
    case nil: return "?"
    }
  }

  /// The ports in one register or two, after a prefix; nothing without a register.
  func ports(_ first: Register?, _ last: Register?, _ prefix: String) -> String {
    guard let first, case .constant(let low)? = registers[first] else {
      return first == nil ? "" : "\(prefix)?"
    }
    var high = low
    if let last, case .constant(let other)? = registers[last] { high = other }
    let (start, end) = (NftValueKind.port.number(low), NftValueKind.port.number(high))
    return prefix + (start == end ? "\(start)" : "\(start)-\(end)")
  }

  /// The value that a statement assigns: a constant, or another mark with bits masked or flipped.
  func assigned(_ register: Register, isDecimal: Bool = false) -> String {
    switch registers[register] {
    case .constant(let bytes)?:
      if isDecimal { return "\(bytes[...].exactly(UInt16.self) ?? 0)" }
      let value = NftValueKind.mark.number(bytes)
      return NftValueKind.mark.text(value...value)
    case .field(let key, nil, _)?: return key.text
    case .field(let key, let mask?, let xor)?:
      return key.text
        + changes(key.kind, keeping: key.kind.number(mask), flipping: key.kind.number(xor ?? []))
    case .mapped(let text, _)?: return text
    case nil: return "?"
    }
  }

  /// The operators that keep some bits of a mark and flip others: those that are set whatever they were come last.
  private func changes(_ kind: NftValueKind, keeping mask: UInt128, flipping xor: UInt128) -> String {
    let set = mask & xor ^ xor
    let parts = [("&", mask | set), ("^", xor & mask), ("|", set)]
    let neutral: [UInt128] = [UInt128(greatestOfBits: kind.bits), 0, 0]
    return zip(parts, neutral).filter { $0.1 != $1 }.map { part, _ in
      " \(part.0) \(kind.text(part.1...part.1))"
    }.joined()
  }

  /// A traffic class as `nft` prints it: `cafe:beef`.
  func trafficClass(_ register: Register) -> String {
    guard case .constant(let bytes)? = registers[register] else { return assigned(register) }
    let value = UInt32(truncatingIfNeeded: NftValueKind.mark.number(bytes))
    if value == .max { return "root" }
    if value == 0 { return "none" }
    let parts = [value >> 16, value & 0xffff].map { part -> String in
      let digits = String(part, radix: 16)
      return part == 0 ? "" : String(repeating: "0", count: 4 - digits.count) + digits
    }
    return parts.joined(separator: ":")
  }

  private func target(_ register: Register?) -> String {
    register.map { hosts($0, nil, table.family.addressFamily, hasPort: false) } ?? "?"
  }

  /// A device whose index a register holds, after a prefix; nothing without a register.
  private func device(_ register: Register?, _ prefix: String) -> String {
    guard let register, case .constant(let bytes)? = registers[register] else { return "" }
    let index = NftValueKind.interfaceIndex.number(bytes)
    return prefix + NftValueKind.interfaceIndex.kernelText(index...index)
  }

  private mutating func decodeReject(type: UInt32, code: UInt8) {
    switch type {
    case 1:
      // nft leaves the protocol out if another match follows it, except in tables of both families.
      if table.family != .inet, proto?.value == .tcp, let word = proto?.word, word != lastWord {
        rewrite(word)
      }
      write("reject with tcp reset")
    case 2: write(code == 1 ? "reject" : "reject with icmpx \(RejectCode.name(code, RejectCode.icmpx))")
    default:
      let isIPv4 = (table.family.addressFamily ?? family?.value) != .ipv6
      if table.family == .inet, let word = family?.word { rewrite(word) }
      let isUsual = table.family != .inet && code == (isIPv4 ? 3 : 4)
      let name = RejectCode.name(code, isIPv4 ? RejectCode.icmp : RejectCode.icmpv6)
      write(isUsual ? "reject" : "reject with \(isIPv4 ? "icmp" : "icmpv6") \(name)")
    }
  }

  private func log(_ data: AttributeTable) -> String {
    let levels = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug", "audit"]
    let level = data[5]?.big32.map(Int.init).flatMap {
      levels.indices.contains($0) && $0 != 4 ? levels[$0] : nil
    }
    let numbers = [(" group ", 1), (" snaplen ", 3), (" queue-threshold ", 4)].map { name, type in
      (data[type]?.big32 ?? data[type]?.payload.exactly(UInt16.self).map { UInt32($0.bigEndian) }).map {
        "\(name)\($0)"
      } ?? ""
    }
    return "log" + (data[2].map { " prefix \"\($0.string)\"" } ?? "") + numbers.joined()
      + (level.map { " level \($0)" } ?? "") + LogFlags.text(data[6]?.big32 ?? 0)
  }

  private mutating func decodeRoute(_ data: AttributeTable) {
    guard let register = data.register(1) else { return write("fib") }
    let flags = data[3]?.big32 ?? 0
    let names = ["saddr", "daddr", "mark", "iif", "oif"].enumerated().filter { flags & 1 << $0.offset != 0 }
    let fields = names.map(\.element).joined(separator: " . ")
    let key: NftKey =
      switch (data[2]?.big32, fields) {
      case (3, "daddr"): .destinationType
      case (3, "saddr"): .sourceType
      case (3, _): .opaque("fib \(fields) type", .routeType)
      default: .opaque("fib \(fields) \(data[2]?.big32 == 1 ? "oif" : "oifname")", .other)
      }
    registers[register] = .field(key, mask: nil, xor: nil)
  }

  /// A lookup with a result: a verdict map, or data for a register (NFTA_LOOKUP_DREG).
  private mutating func decodeMap(_ data: AttributeTable) {
    guard let source = data.register(2), let result = data.register(3),
      let set = data[1].flatMap({ sets[$0.string] })
    else { return write("lookup") }
    let keys = registers.values(from: source, bytes: Int(set.raw.keyLength)).compactMap(\.key)
    let name = keys.map { self.name(of: $0) }.joined(separator: " . ")
    if result == .verdict {
      write("\(name) vmap \(set.nftReference(keys.map(\.kind), .verdict))")
    } else {
      registers[result] = .mapped(
        "\(name) map \(set.nftReference(keys.map(\.kind), .values))", isOfRanges: set.assignsRanges)
    }
  }

  private func object(_ data: AttributeTable) -> String {
    let name = data[2]?.string ?? ""
    switch data[1]?.big32 {
    case 1: return "counter name \"\(name)\""
    case 2: return "quota name \"\(name)\""
    case 3: return "ct helper set \"\(name)\""
    case 4: return "limit name \"\(name)\""
    default: return "objref"
    }
  }
}

extension AttributeTable {
  /// The register in an attribute.
  func register(_ type: Int) -> Register? { self[type]?.big32.map(Register.init) }
}

/// Flags of a NAT range (NF_NAT_RANGE_*).
enum NatFlags {
  /// The flags after a blank; nothing without any.
  static func text(_ flags: UInt32) -> String {
    let names: [(Int, String)] = [
      (Int(NF_NAT_RANGE_PROTO_RANDOM), "random"), (Int(NF_NAT_RANGE_PROTO_RANDOM_FULLY), "fully-random"),
      (Int(NF_NAT_RANGE_PERSISTENT), "persistent"),
    ]
    let set = names.filter { flags & UInt32($0.0) != 0 }.map(\.1)
    return set.isEmpty ? "" : " " + set.joined(separator: ",")
  }
}

/// Codes of ICMP errors in the names of `nft`.
private enum RejectCode {
  static let icmp: [UInt8: String] = [
    0: "net-unreachable", 1: "host-unreachable", 2: "prot-unreachable", 3: "port-unreachable",
    9: "net-prohibited", 10: "host-prohibited", 13: "admin-prohibited",
  ]
  static let icmpv6: [UInt8: String] = [
    0: "no-route", 1: "admin-prohibited", 3: "addr-unreachable", 4: "port-unreachable", 5: "policy-fail",
    6: "reject-route",
  ]
  static let icmpx: [UInt8: String] = [0: "no-route", 2: "host-unreachable", 3: "admin-prohibited"]

  static func name(_ code: UInt8, _ names: [UInt8: String]) -> String { names[code] ?? "\(code)" }
}

/// Flags of a log statement (NF_LOG_*).
private enum LogFlags {
  /// The flags after a blank; nothing without any.
  static func text(_ flags: UInt32) -> String {
    if flags & 0x2f == 0x2f { return " flags all" }
    let tcp = [(1, "sequence"), (2, "options")].filter { flags & UInt32($0.0) != 0 }.map(\.1)
    let parts =
      (tcp.isEmpty ? [] : ["tcp \(tcp.joined(separator: ","))"])
      + [(4, "ip options"), (8, "skuid"), (0x20, "ether")].filter { flags & UInt32($0.0) != 0 }.map(\.1)
    return parts.map { " flags \($0)" }.joined()
  }
}
