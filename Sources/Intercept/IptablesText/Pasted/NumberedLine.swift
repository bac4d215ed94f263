/// A line of a text, and its number in the file, counted from 1.
struct NumberedLine: Hashable {
  let number: Int
  var text: String
  /// True if a log's envelope was removed from the line.
  var isFromLog = false
}

extension Substring {
  /// The text up to the first blank.
  var firstWord: Substring { prefix { $0 != " " && $0 != "\t" } }

  /// The text after leading blanks.
  var droppingBlanks: Substring { drop { $0 == " " || $0 == "\t" } }

  /// The text after the first word and the blanks after it.
  var droppingWord: Substring { self[firstWord.endIndex...].droppingBlanks }

  /// The text after a prefix; nil if it begins otherwise.
  func dropping(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }

  /// The words between blanks.
  var words: [Substring] { split { $0 == " " || $0 == "\t" } }
}
