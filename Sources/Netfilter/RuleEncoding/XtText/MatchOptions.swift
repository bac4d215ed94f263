import Intercept
import NFTables

extension OpaqueMatch {
  /// A match of x_tables that the rule model does not have, as `iptables-save` prints it.
  init(_ xt: XtExtension, _ family: IPFamily) {
    let fields = XtFields(bytes: xt.info, family: family, setName: xt.setName)
    self.init("-m " + xt.iptablesText(fields.matchOptions(xt.name, xt.revision)))
  }
}

extension XtFields {
  /// The options of a match; nil if they are not known.
  fileprivate func matchOptions(_ name: String, _ revision: UInt32) -> [String]? {
    switch (name, revision) {
    case ("limit", 0): Rate(word(0), scale: 10_000).map { limitOptions($0, burst: UInt64(word(4))) }
    case ("iprange", 1): addressRanges
    case ("connlimit", 1): connectionLimit
    case ("statistic", 0): statistic
    case ("hashlimit", 3): hashLimit
    case ("recent", 0), ("recent", 1): recent(hasMask: revision == 1)
    case ("string", 1): pattern
    case ("set", 1...4): set(hasCounters: revision == 4)
    case ("connbytes", 0): connectionBytes
    case ("physdev", 0): bridgePorts
    case ("socket", 1...3): flags(byte(0), ["transparent", "nowildcard", "restore-skmark"])
    case ("rpfilter", 0): flags(byte(0), ["loose", "validmark", "accept-local", "invert"])
    default: headerOptions(name, revision)
    }
  }

  /// The options of a match of a field in the packet's header, or of its socket.
  private func headerOptions(_ name: String, _ revision: UInt32) -> [String]? {
    switch (name, revision) {
    case ("icmp", 0): [icmpType("icmp-type")]
    case ("icmp6", 0): [icmpType("icmpv6-type")]
    case ("tos", 1):
      [
        range(
          "tos", "0x\(XtWords.hexadecimal(byte(1), digits: 2))/0x\(XtWords.hexadecimal(byte(0), digits: 2))",
          byte(2))
      ]
    case ("ecn", 0): congestion
    case ("time", 0): time
    case ("u32", 0): u32
    case ("bpf", 0...1): bpf(revision)
    case ("length", 0): [range("length", XtWords.range(half(0), half(2)), byte(4))]
    case ("tcpmss", 0): [range("mss", XtWords.range(half(0), half(2)), byte(4))]
    case ("dscp", 0): [range("dscp", "0x" + XtWords.hexadecimal(byte(0), digits: 2), byte(1))]
    case ("ttl", 0): hopLimit("ttl")
    case ("hl", 0): hopLimit("hl")
    case ("pkttype", 0): packetType
    case ("mac", 0): [range("mac-source", hardwareAddress, byte(8))]
    case ("quota", 0): [range("quota", "\(long(8))", byte(0) & 1)]
    case ("helper", 0): [range("helper", XtWords.quoted(string(4, 30)), byte(0))]
    case ("connlabel", 0): [range("label", "\"\(half(0))\"", byte(2) & 1), half(2) & 2 != 0 ? "--set" : ""]
    case ("cgroup", 0): [range("cgroup", "\(word(0))", byte(4))]
    case ("cgroup", 1...2) where byte(0) != 0: [range("path", string(4, 512), byte(2))]
    case ("cgroup", 1...2): [range("cgroup", "\(word(4))", byte(3))]
    default: bytes.isEmpty ? [] : nil
    }
  }

  private func range(_ name: String, _ value: String, _ invert: UInt8) -> String {
    XtWords.option(name, value, isInverted: invert != 0)
  }

  /// The names of the bits that are set, the lowest first.
  private func flags(_ bits: UInt8, _ names: [String]) -> [String] {
    names.enumerated().filter { bits & 1 << UInt8($0.offset) != 0 }.map { XtWords.option($0.element) }
  }
}

/// Matches of one struct each.
extension XtFields {
  /// `struct xt_iprange_mtinfo`.
  private var addressRanges: [String] {
    [("src-range", 0, UInt8(1)), ("dst-range", 32, 2)].filter { byte(64) & $0.2 != 0 }.map {
      name, offset, flag in
      range(name, "\(address(offset))-\(address(offset + 16))", byte(64) & flag << 4)
    }
  }

  /// `struct xt_connlimit_info`.
  private var connectionLimit: [String] {
    let flags = word(20)
    return [
      XtWords.option(flags & 1 != 0 ? "connlimit-upto" : "connlimit-above", "\(word(16))"),
      XtWords.option("connlimit-mask", "\(prefixLength(0))"),
      XtWords.option(flags & 2 != 0 ? "connlimit-daddr" : "connlimit-saddr"),
    ]
  }

  /// `struct xt_statistic_info`.
  private var statistic: [String]? {
    let isInverted = half(2) & 1 != 0
    switch half(0) {
    case 0:
      return ["--mode random", XtWords.option("probability", probability(word(4)), isInverted: isInverted)]
    case 1:
      let every = XtWords.option("every", "\(UInt64(word(4)) + 1)", isInverted: isInverted)
      return ["--mode nth", every, XtWords.option("packet", "\(word(8))")]
    default: return nil
    }
  }

  /// A share of 2^31, with eleven digits after the point.
  private func probability(_ share: UInt32) -> String {
    let unit: UInt128 = 100_000_000_000
    let (quotient, remainder) = (UInt128(share) * unit).quotientAndRemainder(dividingBy: 1 << 31)
    let rounded = quotient + (remainder > 1 << 30 || remainder == 1 << 30 && quotient & 1 == 1 ? 1 : 0)
    let digits = "\(rounded % unit)"
    return "\(rounded / unit)." + String(repeating: "0", count: 11 - digits.count) + digits
  }

  /// `struct xt_recent_mtinfo`, or `xt_recent_mtinfo_v1` with a mask.
  private func recent(hasMask: Bool) -> [String] {
    let flags = byte(8)
    let all = family == .ipv4 ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    return [
      byte(9) != 0 ? "!" : "", flags & 2 != 0 ? "--set" : "", flags & 1 != 0 ? "--rcheck" : "",
      flags & 4 != 0 ? "--update" : "", flags & 8 != 0 ? "--remove" : "",
      word(0) != 0 ? XtWords.option("seconds", "\(word(0))") : "", flags & 32 != 0 ? "--reap" : "",
      word(4) != 0 ? XtWords.option("hitcount", "\(word(4))") : "", flags & 16 != 0 ? "--rttl" : "",
      XtWords.option("name", string(10, 200)),
      XtWords.option("mask", hasMask ? "\(address(212))" : all),
      byte(210) == 0 ? "--rsource" : "--rdest",
    ]
  }

  /// `struct xt_string_info`.
  private var pattern: [String] {
    let text = Array(bytes.dropFirst(20).prefix(128).prefix(Int(byte(148))))
    let isPrintable = text.allSatisfy { 32 <= $0 && $0 < 127 }
    let words =
      isPrintable
      ? "string \(XtWords.inQuotes(String(decoding: text, as: UTF8.self)))"
      : "hex-string \"|\(text.map { XtWords.hexadecimal($0, digits: 2) }.joined())|\""
    return [
      XtWords.option(words, isInverted: byte(149) & 1 != 0), XtWords.option("algo", string(4, 16)),
      half(0) != 0 ? XtWords.option("from", "\(half(0))") : "",
      half(2) != 0 && half(2) != .max ? XtWords.option("to", "\(half(2))") : "",
      byte(149) & 2 != 0 ? "--icase" : "",
    ]
  }

  /// `struct xt_connbytes_info`.
  private var connectionBytes: [String]? {
    let (modes, sides) = (["packets", "bytes", "avgpkt"], ["original", "reply", "both"])
    guard byte(16) < modes.count, byte(17) < sides.count else { return nil }
    let isInverted = long(0) > long(8)
    let (first, last) = isInverted ? (long(8), long(0)) : (long(0), long(8))
    return [
      XtWords.option("connbytes", last == .max ? "\(first)" : "\(first):\(last)", isInverted: isInverted),
      XtWords.option("connbytes-mode", modes[Int(byte(16))]),
      XtWords.option("connbytes-dir", sides[Int(byte(17))]),
    ]
  }

  /// `struct xt_physdev_info`.
  private var bridgePorts: [String] {
    let (invert, used) = (byte(64), byte(65))
    let names: [(UInt8, String, String)] = [
      (8, "physdev-is-in", ""), (1, "physdev-in", string(0, 16)), (16, "physdev-is-out", ""),
      (2, "physdev-out", string(32, 16)), (4, "physdev-is-bridged", ""),
    ]
    return names.filter { used & $0.0 != 0 }.map { range($0.1, $0.2, invert & $0.0) }
  }

  /// `struct ipt_icmp`, `struct ip6t_icmp`.
  private func icmpType(_ name: String) -> String {
    let (first, last) = (byte(1), byte(2))
    let code = first == 0 && last == 255 ? "" : first == last ? "/\(first)" : "/\(first)-\(last)"
    return range(name, byte(0) == 255 && code.isEmpty ? "any" : "\(byte(0))\(code)", byte(3) & 1)
  }

  /// `struct ipt_ttl_info`, `struct ip6t_hl_info`.
  private func hopLimit(_ name: String) -> [String]? {
    let comparisons = ["--\(name)-eq", "! --\(name)-eq", "--\(name)-lt", "--\(name)-gt"]
    return byte(0) < comparisons.count ? ["\(comparisons[Int(byte(0))]) \(byte(1))"] : nil
  }

  /// `struct xt_pkttype_info`.
  private var packetType: [String]? {
    let types = ["unicast", "broadcast", "multicast"]
    return word(0) < types.count ? [range("pkt-type", types[Int(word(0))], byte(4))] : nil
  }

  /// `struct xt_ecn_info`.
  private var congestion: [String] {
    [(UInt8(0x10), "ecn-tcp-ece", ""), (0x20, "ecn-tcp-cwr", ""), (1, "ecn-ip-ect", "\(byte(2))")]
      .filter { byte(0) & $0.0 != 0 }.map { range($0.1, $0.2, byte(1) & $0.0) }
  }

  private var hardwareAddress: String {
    bytes.prefix(6).map { XtWords.hexadecimal($0, digits: 2) }.joined(separator: ":")
  }
}
