import Intercept
import NFTables
import Netlink

/// A rate of packets as iptables prints it: `5/sec`.
struct Rate {
  let text: String
  /// The length of the unit in seconds.
  let unit: UInt64

  private static let units: [(name: String, seconds: UInt64)] = [
    ("day", 86_400), ("hour", 3_600), ("min", 60), ("sec", 1),
  ]

  /// The rate of one packet in a period; nil for a period of nothing.
  ///
  /// - Parameter scale: the number of periods in a second (`XT_LIMIT_SCALE`, `XT_HASHLIMIT_SCALE_v2`).
  init?(_ period: some BinaryInteger, scale: UInt64) {
    let period = UInt64(period)
    guard period > 0 else { return nil }
    // The largest unit in which the rate is exact enough (`print_rate` of libxt_limit).
    var known = Self.units[0]
    for unit in Self.units.dropFirst() {
      let length = unit.seconds * scale
      if period > length || length / period < length % period { break }
      known = unit
    }
    text = "\(known.seconds * scale / period)/\(known.name)"
    unit = known.seconds
  }
}

extension XtFields {
  /// The options of `-m limit`; a burst of 5 is the default.
  func limitOptions(_ rate: Rate, burst: UInt64) -> [String] {
    [XtWords.option("limit", rate.text), burst == 5 ? "" : XtWords.option("limit-burst", "\(burst)")]
  }

  /// `struct xt_hashlimit_mtinfo3`, for rates of packets.
  var hashLimit: [String]? {
    let mode = word(272)
    guard mode & 0x60 == 0, let rate = Rate(long(256), scale: 1_000_000) else { return nil }
    let fields: [(UInt32, String)] = [(4, "srcip"), (8, "srcport"), (1, "dstip"), (2, "dstport")]
    let hashed = fields.filter { mode & $0.0 != 0 }.map(\.1).joined(separator: ",")
    func number(_ name: String, _ value: UInt64, unless normal: UInt64) -> String {
      value == normal ? "" : XtWords.option("hashlimit-\(name)", "\(value)")
    }
    let bits = UInt64(family.addressBits)
    return [
      XtWords.option(mode & 16 != 0 ? "hashlimit-above" : "hashlimit-upto", rate.text),
      XtWords.option("hashlimit-burst", "\(long(264))"),
      hashed.isEmpty ? "" : XtWords.option("hashlimit-mode", hashed),
      XtWords.option("hashlimit-name", string(0, 255)),
      number("htable-size", UInt64(word(276)), unless: 0), number("htable-max", UInt64(word(280)), unless: 0),
      number("htable-gcinterval", UInt64(word(284)), unless: 1_000),
      number("htable-expire", UInt64(word(288)), unless: 1_000 * rate.unit),
      number("srcmask", UInt64(byte(296)), unless: bits), number("dstmask", UInt64(byte(297)), unless: bits),
    ]
  }
}

extension OpaqueMatch {
  /// The expression `limit` as iptables-nft writes it for `-m limit`; nil for rates of bytes and inverted ones.
  init?(limit: UnknownExpression, _ family: IPFamily) {
    // NFTA_LIMIT_RATE, NFTA_LIMIT_UNIT, NFTA_LIMIT_BURST, NFTA_LIMIT_TYPE, NFTA_LIMIT_FLAGS.
    guard limit.name == "limit", let data = try? AttributeTable(limit.data[...]), let rate = data[1]?.big64,
      let unit = data[2]?.big64, rate > 0, data[4]?.big32 ?? 0 == 0, data[5]?.big32 ?? 0 == 0,
      unit <= 7 * 86_400, let shown = Rate(unit * 10_000 / rate, scale: 10_000)
    else { return nil }
    let fields = XtFields(bytes: [], family: family)
    let options = fields.limitOptions(shown, burst: UInt64(data[3]?.big32 ?? 5))
    self.init("-m limit " + options.filter { !$0.isEmpty }.joined(separator: " "))
  }
}
