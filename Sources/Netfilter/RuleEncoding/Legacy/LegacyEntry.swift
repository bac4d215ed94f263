import CNetfilter
import Intercept
import NFTables
import Netlink

/// An entry of a table of x_tables: conditions, matches and a target (`struct ipt_entry`, `struct ip6t_entry`).
struct LegacyEntry {
  /// Position among the entries, in bytes.
  let offset: Int
  /// Size with matches and target, in bytes.
  let size: Int
  private let family: IPFamily
  private let header: LegacyHeader
  private let matches: [XtExtension]
  private let target: XtExtension
  private let counters: Counters

  /// Nil after the last entry, and for an entry that exceeds the bytes.
  init?(_ bytes: [UInt8], at offset: Int, _ family: IPFamily) {
    guard offset < bytes.count, let header = LegacyHeader(Array(bytes[offset...].prefix(256)), family),
      header.next >= header.size, header.next <= bytes.count - offset, header.target >= header.size,
      header.target <= header.next,
      let target = LegacyPart(bytes[offset + header.target..<offset + header.next])
    else { return nil }
    (self.offset, size, self.family, self.header) = (offset, header.next, family, header)
    (self.target, counters) = (target.content, header.counters)
    var matches: [XtExtension] = []
    var rest = bytes[offset + header.size..<offset + header.target]
    while let match = LegacyPart(rest) {
      matches.append(match.content)
      rest = rest.dropFirst(match.size)
    }
    self.matches = matches
  }

  /// The name in an ERROR target, which precedes a user-defined chain; nil for any other entry.
  var chainName: String? {
    guard target.name == XT_ERROR_TARGET else { return nil }
    return String(decoding: target.info.prefix(30).prefix { $0 != 0 }, as: UTF8.self)
  }

  /// The verdict of a standard target: a built-in one, or a jump to an offset.
  var verdict: LegacyVerdict? {
    guard target.name.isEmpty, let number = target.info.prefix(4).exactly(Int32.self) else { return nil }
    return LegacyVerdict(number)
  }

  /// The rule in the terms of iptables.
  ///
  /// - Parameter chain: returns the user-defined chain that begins at an offset.
  func rule(_ chain: (Int) -> ChainName?) -> Rule {
    Rule(
      header.conditions(family) + matches.map { Match($0, family) }, target(chain), counters: counters)
  }

  private func target(_ chain: (Int) -> ChainName?) -> Target {
    switch verdict {
    case .accept: .accept
    case .drop: .drop
    case .return: .return
    // A rule without a target continues with the next entry.
    case .next(offset + size): .none
    case .next(let start):
      chain(start).map { header.isGoto ? .goto($0) : .jump($0) }
        ?? .opaque(OpaqueTarget("jump to byte \(start)"))
    case .other(let number): .opaque(OpaqueTarget("verdict \(number)"))
    case nil: Target(target, family)
    }
  }
}

/// The verdict of a standard target (`struct xt_standard_target`).
enum LegacyVerdict: Hashable {
  case accept, drop, `return`
  /// Continues at the entry with an offset.
  case next(Int)
  /// Another verdict of netfilter (`NF_*`).
  case other(Int32)

  /// - Parameter number: an offset, or the negated number of a verdict less one.
  init(_ number: Int32) {
    switch number {
    case 0...: self = .next(Int(number))
    case -1: self = .drop
    case -2: self = .accept
    // XT_RETURN.
    case -5: self = .return
    default: self = .other(number)
    }
  }
}

/// A match or a target of an entry (`struct xt_entry_match`, `struct xt_entry_target`).
private struct LegacyPart {
  /// Size with the header, in bytes.
  let size: Int
  let content: XtExtension

  private static let headerSize = unsafe MemoryLayout<xt_entry_target>.size

  /// Reads the part at the start of bytes; nil if it exceeds them.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard let size = bytes.prefix(2).exactly(UInt16.self).map({ Int($0) }), size >= Self.headerSize,
      size <= bytes.count
    else { return nil }
    let header = bytes.prefix(Self.headerSize)
    self.size = size
    content = XtExtension(
      String(decoding: header.dropFirst(2).dropLast().prefix { $0 != 0 }, as: UTF8.self),
      revision: UInt32(header.last ?? 0), info: Array(bytes.prefix(size).dropFirst(Self.headerSize)))
  }
}
