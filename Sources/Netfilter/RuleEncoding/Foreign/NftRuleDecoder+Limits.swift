import Intercept
import NFTables
import Netlink

/// Statements that count: limits, quotas, numbers of connections, and the elements that rules add to sets.
extension NftRuleDecoder {
  /// `limit rate over 10 mbytes/second burst 4 kbytes`.
  func limit(_ data: AttributeTable) -> String {
    let units: [UInt64: String] = [1: "second", 60: "minute", 3600: "hour", 86400: "day", 604_800: "week"]
    let unit = units[data[2]?.big64 ?? 1] ?? "second"
    let over = Self.over(data[5])
    let (rate, burst) = (data[1]?.big64 ?? 0, data[3]?.big32 ?? 0)
    if data[4]?.big32 == 1 {
      let rest = burst == 0 ? "" : " burst \(ByteAmount.text(UInt64(burst)))"
      return "limit rate \(over)\(ByteAmount.text(rate))/\(unit)\(rest)"
    }
    // nft leaves its default out.
    let rest = burst == 0 || burst == 5 ? "" : " burst \(burst) packets"
    return "limit rate \(over)\(rate)/\(unit)\(rest)"
  }

  /// `quota over 1500 kbytes used 30 bytes`.
  func quota(_ data: AttributeTable) -> String {
    let used = data[4]?.big64 ?? 0
    return "quota \(Self.over(data[2]))\(ByteAmount.text(data[1]?.big64 ?? 0))"
      + (used == 0 ? "" : " used \(ByteAmount.text(used))")
  }

  /// `ct count over 3`.
  func connectionLimit(_ data: AttributeTable) -> String {
    "ct count \(Self.over(data[2]))\(data[1]?.big32 ?? 0)"
  }

  /// A flag of all three expressions.
  private static func over(_ flags: NetlinkAttribute?) -> String {
    (flags?.big32 ?? 0) & 1 == 1 ? "over " : ""
  }

  /// `update @s { ip saddr timeout 30s }`, `add @m { ip saddr : tcp dport }`.
  mutating func decodeSetUpdate(_ data: AttributeTable) {
    let name = data[1]?.string ?? ""
    let operation = [1: "update", 2: "delete"][data[3]?.big32 ?? 0] ?? "add"
    guard let set = sets[name], let source = data.register(4) else { return write("\(operation) @\(name)") }
    let keys = registers.values(from: source, bytes: Int(set.raw.keyLength)).compactMap(\.key)
    var element = keys.map { self.name(of: $0) }.joined(separator: " . ")
    if let timeout = data[6]?.big64, timeout > 0 { element += " timeout \(Self.duration(timeout))" }
    element += data[7].map { " \(statement($0))" } ?? ""
    if let value = data.register(5) { element += " : \(assigned(value))" }
    write("\(operation) @\(name) { \(element) }")
  }

  /// A statement within an element (NFTA_DYNSET_EXPR).
  private func statement(_ attribute: NetlinkAttribute) -> String {
    guard let parts = try? AttributeTable(attribute.payload), let name = parts[1]?.string,
      let data = parts[2].flatMap({ try? AttributeTable($0.payload) })
    else { return "..." }
    switch name {
    case "limit": return limit(data)
    case "quota": return quota(data)
    case "connlimit": return connectionLimit(data)
    default: return name
    }
  }

  /// A number of milliseconds as `nft` prints it: `1d2h3m4s5ms`.
  private static func duration(_ milliseconds: UInt64) -> String {
    var rest = milliseconds
    var text = ""
    for (name, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]
      as [(String, UInt64)]
    {
      if rest >= length { text += "\(rest / length)\(name)" }
      rest %= length
    }
    return text
  }

  /// `tcp option maxseg size set 1360`.
  mutating func decodeOption(_ data: AttributeTable) {
    guard let key = tcpOption(data), let source = data.register(7) else { return write("exthdr") }
    if case .constant(let bytes)? = registers[source] {
      let value = NftValueKind.other.number(bytes)
      return write("\(key.text) set \(NftValueKind.other.text(value...value))")
    }
    write("\(key.text) set \(assigned(source))")
  }
}

/// Numbers of bytes.
private enum ByteAmount {
  /// The number in the greatest unit of `nft` that divides it: `1536 kbytes`.
  static func text(_ bytes: UInt64) -> String {
    var (value, units) = (bytes, ["kbytes", "mbytes"][...])
    var unit = "bytes"
    while value > 0, value % 1024 == 0, let next = units.popFirst() { (value, unit) = (value / 1024, next) }
    return "\(value) \(unit)"
  }
}
