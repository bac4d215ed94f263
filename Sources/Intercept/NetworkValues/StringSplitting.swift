extension StringProtocol {
  /// The parts between the occurrences of a separator of several characters; always at least one.
  func split(on separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = Substring(self)
    while let found = rest.firstRange(of: separator) {
      parts.append(rest[..<found.lowerBound])
      rest = rest[found.upperBound...]
    }
    return parts + [rest]
  }

  /// The text without the blanks and line ends at both ends.
  package func trimmingBlanks() -> String {
    String(Substring(Substring(self).utf8.trimmingBlanks()))
  }
}

extension BidirectionalCollection<UInt8> {
  /// The bytes of a text without the blanks and line ends at both ends.
  package func trimmingBlanks() -> SubSequence {
    guard let first = firstIndex(where: \.isInk), let last = lastIndex(where: \.isInk) else {
      return self[endIndex...]
    }
    return self[first...last]
  }
}

extension UInt8 {
  /// Whether it is neither a blank nor a line's end.
  fileprivate var isInk: Bool {
    switch self {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): false
    default: true
    }
  }
}

extension Substring {
  /// Where a separator occurs first.
  fileprivate func firstRange(of separator: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(separator) {
        return start..<index(start, offsetBy: separator.count)
      }
      start = index(after: start)
    }
    return nil
  }
}

extension UInt8 {
  /// A blank, a tab or a carriage return.
  package var isBlank: Bool {
    self <= UInt8(ascii: " ")
      && (self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\r"))
  }
}
