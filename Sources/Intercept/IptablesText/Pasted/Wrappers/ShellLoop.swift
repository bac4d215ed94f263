import NetworkValues
import TextOutput

/// A loop of a script over words: `for port in 15020 15021; do ...; done`, in one line or in several.
struct ShellLoop {
  /// The variable's name.
  let variable: String
  /// The words that the variable takes, before variables in them are expanded.
  let words: Substring
  /// The lines between `do` and `done`.
  let body: [NumberedLine]
  /// The number of lines that the loop takes.
  let lineCount: Int

  /// Nil if no loop begins with the first of the lines.
  init?(_ lines: some Collection<NumberedLine>) {
    guard let first = lines.first, let heading = Heading(first.text[...]) else { return nil }
    (variable, words) = (heading.variable, heading.words)
    if let inner = heading.bodyInLine {
      (body, lineCount) = ([first.with(String(inner))], 1)
      return
    }
    var rest = lines.dropFirst()
    if heading.isWithoutDo {
      guard rest.popFirst()?.text == "do" else { return nil }
    }
    guard let inner = Self.body(rest.prefix(Self.maximumLines)) else { return nil }
    body = inner
    lineCount = inner.count + (heading.isWithoutDo ? 3 : 2)
  }

  private static let maximumLines = 1000

  /// The lines before the `done` that belongs to the loop; nil without one.
  private static func body(_ lines: some Sequence<NumberedLine>) -> [NumberedLine]? {
    var body: [NumberedLine] = []
    var depth = 0
    for line in lines {
      let first = line.text[...].firstWord
      let isWhole = line.text.hasSuffix("done")
      if ["for", "while", "until"].contains(first), !isWhole { depth += 1 }
      if first.prefix(while: { $0.isLetter }) == "done" {
        if depth == 0 { return body }
        depth -= 1
      }
      body.append(line)
    }
    return nil
  }
}

/// The first line of a loop.
private struct Heading {
  let variable: String
  let words: Substring
  /// The commands of a loop in one line.
  private(set) var bodyInLine: Substring?
  /// True if `do` is in the next line.
  let isWithoutDo: Bool

  init?(_ text: Substring) {
    guard let rest = text.dropping("for ") else { return nil }
    let name = Substring(rest.utf8.prefix(while: ShellScript.isNamePart))
    guard !name.isEmpty, let list = rest[name.endIndex...].droppingBlanks.dropping("in ") else { return nil }
    variable = String(name)
    words = list.prefix { $0 != ";" }
    let after = list[words.endIndex...].dropFirst().droppingBlanks
    isWithoutDo = after.isEmpty
    if isWithoutDo { return }
    guard after.firstWord == "do" else { return nil }
    let commands = after.dropFirst(2).droppingBlanks
    if commands.isEmpty { return }
    guard commands.hasSuffix("done") else { return nil }
    bodyInLine = commands.dropLast(4)
  }
}
