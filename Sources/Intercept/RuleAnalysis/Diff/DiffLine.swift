import NetworkValues
import TextOutput

/// A line of a diff for people.
struct DiffLine {
  /// What the line is, which its first character and its colour show.
  enum Mark: Character {
    case header = " "
    case missing = "-"
    case unexpected = "+"
    case moved = "~"
    case shadowed = "!"
    case note = "\t"

    fileprivate var colour: TextColour {
      switch self {
      case .header: .bold
      case .missing: .red
      case .unexpected: .green
      case .moved: .yellow
      case .shadowed: .magenta
      case .note: .dim
      }
    }
  }

  private let mark: Mark
  private let words: String

  init(_ mark: Mark, _ words: String) {
    self.mark = mark
    self.words = words
  }

  /// Words below a rule, broken so that a terminal of eighty columns shows them whole.
  static func notes(_ words: String) -> [DiffLine] {
    words.split(separator: " ").lines(width: 76).map { DiffLine(.note, $0) }
  }

  func text(_ style: TextStyle) -> String { plain.coloured(mark.colour, style) }

  private var plain: String {
    switch mark {
    case .header: words
    case .note: "    \(words)"
    case .missing, .unexpected, .moved, .shadowed: "\(mark.rawValue) \(rule)"
    }
  }

  /// What does not fit goes on below, further in than what is said about the rule.
  private var rule: String {
    words.count <= 78 ? words : words.options.lines(width: 74).joined(separator: "\n      ")
  }
}

extension String {
  /// The options of a rule, each with its value and the `!` before it.
  fileprivate var options: [Substring] {
    var starts = [startIndex]
    var last: Substring = "!"
    for word in split(separator: " ") {
      if last != "!", word == "!" || word.hasPrefix("-") { starts.append(word.startIndex) }
      last = word
    }
    return zip(starts, starts.dropFirst() + [endIndex]).map { trimmed(self[$0..<$1]) }
  }

  private func trimmed(_ text: Substring) -> Substring { text.last == " " ? text.dropLast() : text }
}
