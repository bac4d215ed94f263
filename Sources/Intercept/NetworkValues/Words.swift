extension StringProtocol {
  /// True if the bytes of a text occur in this one. Several times as fast as `contains`, which compares characters.
  package func hasBytes(_ text: String) -> Bool {
    let (bytes, wanted) = (Array(utf8), Array(text.utf8))
    guard let first = wanted.first else { return true }
    return bytes.indices.dropLast(wanted.count - 1).contains { place in
      bytes[place] == first && bytes[place...].starts(with: wanted)
    }
  }
}

/// Words of a line, between spaces and tabs.
extension Substring {
  /// The text up to the first blank.
  package var firstWord: Substring { prefix { $0 != " " && $0 != "\t" } }

  /// The text after leading blanks.
  package var droppingBlanks: Substring { drop { $0 == " " || $0 == "\t" } }

  /// The text after the first word and the blanks after it.
  package var droppingWord: Substring { self[firstWord.endIndex...].droppingBlanks }

  /// The text after a prefix; nil if it begins otherwise.
  package func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }

  /// The words between blanks.
  package var words: [Substring] { split { $0 == " " || $0 == "\t" } }
}
