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
    words.broken(at: 76).map { DiffLine(.note, $0) }
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
    case .missing, .unexpected, .moved, .shadowed: "\(mark.rawValue) \(words)"
    }
  }
}

extension String {
  /// The text in lines of at most so many characters where its blanks allow it.
  fileprivate func broken(at width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
