/// Text is searched and split by bytes: comparison of characters takes several times as long, and finds no blank before a
/// combining mark.
extension StringProtocol {
  /// True if the bytes of a text occur in this one.
  package func hasBytes(_ text: String) -> Bool {
    let part = Substring(self)
    let (bytes, wanted) = (part.utf8.span, text.utf8.span)
    guard let last = wanted.indices.last else { return true }
    guard bytes.count > last else { return false }
    let first = wanted[0]
    for start in 0..<(bytes.count - last) where bytes[start] == first {
      var length = 1
      while length <= last, bytes[start + length] == wanted[length] { length += 1 }
      if length > last { return true }
    }
    return false
  }
}

/// Words of a line, between spaces and tabs.
extension Substring {
  /// The text up to the first blank.
  package var firstWord: Substring { Substring(utf8.prefix { !$0.separatesWords }) }

  /// The text after leading blanks.
  package var droppingBlanks: Substring { Substring(utf8.drop(while: \.separatesWords)) }

  /// The text after the first word and the blanks after it.
  package var droppingWord: Substring { self[firstWord.endIndex...].droppingBlanks }

  /// The text after a prefix; nil if it begins otherwise.
  package func dropping(_ prefix: String) -> Substring? {
    guard utf8.starts(with: prefix.utf8) else { return nil }
    return Substring(utf8.dropFirst(prefix.utf8.count))
  }

  /// The words between blanks.
  package var words: [Substring] { utf8.split(whereSeparator: \.separatesWords).map { Substring($0) } }
}

extension UInt8 {
  /// True for a space or a tab.
  fileprivate var separatesWords: Bool { self == .space || self == .tab }
}
