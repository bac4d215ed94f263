import NetworkValues

/// The conditions of a script, which are not evaluated.
///
/// `if iptables -C X; then iptables -A X; fi` is none: its command is carried out where it has an effect.
enum ScriptCondition {
  /// True for a line that begins with a word of the shell or a test.
  static func begins(_ line: Substring) -> Bool { words.contains(String(line.firstWord)) }

  private static let words: Set<String> = [
    "if", "elif", "else", "then", "fi", "case", "esac", "for", "while", "until", "do", "done", "[", "[[",
    "test",
  ]

  /// True if the lines after this one are in a branch of `if` or `case`.
  static func continues(after line: Substring, _ isConditional: Bool) -> Bool {
    switch line.firstWord.prefix(while: { $0.isLetter }) {
    case "if", "elif": isConditional || line.hasSuffix("then") || line.hasSuffix("]")
    case "case": isConditional || line.hasSuffix(" in")
    case "else": isConditional || line == "else"
    case "fi", "esac": false
    default: isConditional
    }
  }

  /// True if a test precedes the command of a line: `[ -n "$X" ] && iptables -F`.
  static func precedesCommand(in line: Substring) -> Bool {
    let words = line.words.prefix(2)
    return ["[", "[[", "test"].contains(words.first == "if" ? words.last : words.first)
  }
}
