import NetworkValues

/// The place in a line where a rule begins, after other text.
enum RuleBeginning {
  /// The place after a prefix that is no comment; nil if there is none in the first part of the line.
  static func place(in text: Substring) -> Substring.Index? {
    let utf8 = text.utf8
    guard utf8.first != .numberSign, text.dropping("//") == nil else { return nil }
    var before = UInt8.space
    for index in utf8.indices.prefix(160) {
      let isAfterPrefix = index > utf8.startIndex && !before.isLetterOrDigit && before != UInt8(ascii: "_")
      // A hyphen alone is the mark of `diff` for old lines.
      if isAfterPrefix, before != .hyphen || utf8.distance(from: utf8.startIndex, to: index) > 1,
        begins(utf8[index...])
      {
        return index
      }
      before = utf8[index]
    }
    return nil
  }

  /// False for most lines without a rule or a heading of rules: no byte of them begins one.
  static func mayBe(in text: String) -> Bool {
    var before = UInt8.space
    for byte in text.utf8 {
      switch before {
      case .hyphen where byte.isUppercase || byte == .hyphen: return true
      case .asterisk where byte.isLowercase: return true
      case .colon where byte.isUppercase: return true
      case UInt8(ascii: "C") where byte == UInt8(ascii: "O") || byte == UInt8(ascii: "h"): return true
      case UInt8(ascii: "b") where byte == UInt8(ascii: "l"): return true
      case .numberSign where byte == .space: return true
      default: before = byte
      }
    }
    return false
  }

  private static let words = ["COMMIT", "Chain ", "table ", "iptables ", "ip6tables ", "sudo "].map {
    Array($0.utf8)
  }

  private static func begins(_ text: Substring.UTF8View) -> Bool {
    let rest = text.dropFirst()
    guard let first = text.first, let second = rest.first else { return false }
    switch first {
    case .asterisk: return second.isLowercase
    case .colon: return second.isUppercase && text.contains(.space)
    case .hyphen: return second.isUppercase && rest.dropFirst().first == .space
    case .leftBracket: return second.isDigit && text.contains(.colon)
    case .doubleQuote, UInt8(ascii: "`"): return begins(rest)
    default: return words.contains { text.starts(with: $0) }
    }
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool { isDigit || isLowercase || isUppercase }
}
