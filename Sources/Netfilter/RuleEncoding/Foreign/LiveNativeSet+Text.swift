import CNetfilter
package import Intercept
import NFTables

/// The kind of data that a map assigns.
enum MapDataKind {
  case verdict
  case values
}

extension LiveNativeSet {
  /// The set in a rule: `@name`, or the elements of an anonymous one.
  ///
  /// - Parameter kinds: the kinds of the key's fields.
  func nftReference(_ kinds: [NftValueKind], _ data: MapDataKind?) -> String {
    guard raw.flags.contains(.anonymous) else { return "@\(raw.name)" }
    return "{ \(nftElements(kinds, data).joined(separator: ", ")) }"
  }

  /// The named set in the model of `nft` listings.
  package var nftSet: NftSet {
    let kinds = NftValueKind.kinds(ofType: raw.keyType)
    let data: MapDataKind? =
      !raw.flags.contains(.map) ? nil : raw.dataType == Self.verdictType ? .verdict : .values
    return NftSet(
      raw.name, kinds: kinds.map { $0 == .interfaceIndex ? .interface : $0 },
      dataKinds: data.map { $0 == .verdict ? nil : dataKinds },
      elements: nftElements(kinds, data))
  }

  private static var verdictType: UInt32 { 0xffff_ff00 }

  /// True if the data of an element are more than one value, such as a range of addresses.
  var assignsRanges: Bool {
    let kinds = dataKinds
    let size = kinds.count == 1 ? kinds[0].size : kinds.reduce(0) { $0 + ($1.size + 3) & ~3 }
    return elements.contains { $0.data.count > max(4, size) }
  }

  private var dataKinds: [NftValueKind] { NftValueKind.kinds(ofType: raw.dataType) }

  /// The elements in the order of their keys, as `nft` prints them.
  private func nftElements(_ kinds: [NftValueKind], _ data: MapDataKind?) -> [String] {
    let isInterval = raw.flags.contains(.interval) && kinds.count == 1
    let sorted = elements.filter { !$0.isCatchAll }.map { (rank($0.key, kinds), $0) }.sorted { left, right in
      let (one, other) = (left.0, right.0)
      guard one == other else { return one.lexicographicallyPrecedes(other) }
      return left.1.isIntervalEnd && !right.1.isIntervalEnd
    }.map(\.1)
    var texts: [String] = []
    for (index, element) in sorted.enumerated() where !element.isIntervalEnd {
      let next = isInterval && index + 1 < sorted.count ? sorted[index + 1] : nil
      texts.append(keyText(element, next, kinds, isInterval) + dataText(element, data))
    }
    return texts + elements.filter(\.isCatchAll).map { "*" + dataText($0, data) }
  }

  /// The position of a key among the others, as bytes that are compared in order.
  ///
  /// `nft` sorts single values by number, names of interfaces and concatenations by their bytes from the last one, and
  /// values of several bits by the lowest.
  private func rank(_ key: ArraySlice<UInt8>, _ kinds: [NftValueKind]) -> [UInt8] {
    guard kinds.count == 1, kinds[0] != .interface || raw.flags.contains(.interval) else {
      var offset = 0
      let fields = kinds.map { kind in
        defer { offset += kinds.count == 1 ? kind.size : (kind.size + 3) & ~3 }
        return key.dropFirst(offset).prefix(kind.size)
      }
      return fields.joined().reversed()
    }
    let value = kinds[0].number(key, isBigEndian: raw.flags.contains(.interval))
    guard kinds[0] == .tcpFlags, value.nonzeroBitCount > 1 else { return value.bigEndianBytes(16) + [1] }
    return (value & (~value + 1)).bigEndianBytes(16) + [0]
  }

  private func keyText(
    _ element: RawSetElement, _ next: RawSetElement?, _ kinds: [NftValueKind], _ isInterval: Bool
  ) -> String {
    if isInterval, let kind = kinds.first {
      let first = kind.number(element.key, isBigEndian: true)
      let last =
        next.map { kind.number($0.key, isBigEndian: true) - 1 } ?? UInt128(greatestOfBits: 8 * kind.size)
      return kind.kernelText(first...max(first, last))
    }
    var offset = 0
    let isBigEndian = raw.flags.contains(.interval)
    let parts = kinds.map { kind -> String in
      defer { offset += kinds.count == 1 ? kind.size : (kind.size + 3) & ~3 }
      let first = kind.number(element.key.dropFirst(offset).prefix(kind.size), isBigEndian: isBigEndian)
      let last =
        element.lastKey.map { kind.number($0.dropFirst(offset).prefix(kind.size), isBigEndian: isBigEndian) }
        ?? first
      let text = kind.kernelText(first...max(first, last))
      return kind == .tcpFlags ? text.replacing(",", with: " | ") : text
    }
    return parts.joined(separator: " . ")
  }

  private func dataText(_ element: RawSetElement, _ data: MapDataKind?) -> String {
    switch data {
    case nil: return ""
    case .verdict?: return " : \(element.verdict?.nftText ?? "?")"
    case .values?:
      var offset = 0
      let kinds = dataKinds
      let parts = kinds.map { kind -> String in
        defer { offset += kinds.count == 1 ? kind.size : (kind.size + 3) & ~3 }
        let value = kind.number(element.data.dropFirst(offset).prefix(kind.size))
        return kind.kernelText(value...value)
      }
      return " : " + parts.joined(separator: " . ")
    }
  }
}

extension NftValueKind {
  /// The kinds of the fields of a type in the numbering of `nft` (`enum datatypes`): six bits for each field.
  static func kinds(ofType type: UInt32) -> [NftValueKind] {
    let shifts = stride(from: UInt32(24), through: 0, by: -6)
    let fields = shifts.map { type >> $0 & 0x3f }.drop { $0 == 0 }
    return fields.map { $0 == 20 ? .interfaceIndex : NftValueKind(type: names[$0] ?? "") }
  }

  private static let names: [UInt32: String] = [
    2: "nf_proto", 7: "ipv4_addr", 8: "ipv6_addr", 12: "inet_proto", 13: "inet_service", 15: "tcp_flag",
    19: "mark",
    24: "uid", 25: "gid", 26: "ct_state", 27: "ct_dir", 28: "ct_status", 38: "fib_addrtype", 41: "ifname",
  ]
}
