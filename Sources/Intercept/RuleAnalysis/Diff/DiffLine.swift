import NetworkValues

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

    /// The colour's number in an ANSI escape sequence.
    fileprivate var colour: String {
      switch self {
      case .header: "1"
      case .missing: "31"
      case .unexpected: "32"
      case .moved: "33"
      case .shadowed: "35"
      case .note: "2"
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
    words.split(separator: " ").lines(upTo: 76).map { DiffLine(.note, $0) }
  }

  func text(_ style: RulesetDiff.Style) -> String {
    switch style {
    case .plain: plain
    case .coloured: "\u{1b}[\(mark.colour)m\(plain)\u{1b}[0m"
    }
  }

  private var plain: String {
    switch mark {
    case .header: words
    case .note: "    \(words)"
    case .missing, .unexpected, .moved, .shadowed: "\(mark.rawValue) \(rule)"
    }
  }

  /// What does not fit goes on below, further in than what is said about the rule.
  private var rule: String {
    words.count <= 78 ? words : words.options.lines(upTo: 74).joined(separator: "\n      ")
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

extension [Substring] {
  /// The words in lines of at most so many characters, where they allow it.
  fileprivate func lines(upTo width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in self {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
