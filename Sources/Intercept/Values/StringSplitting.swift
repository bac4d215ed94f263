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

  /// The text without the blanks at both ends.
  package func trimmingBlanks() -> String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    let front = drop(while: isBlank)
    return String(front.prefix(front.count - front.reversed().prefix(while: isBlank).count))
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
