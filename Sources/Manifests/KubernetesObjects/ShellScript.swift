/// The simple commands of a shell script, as far as a container's `sh -c` needs them.
///
/// Quotes and backslashes are removed, and variables with a known value are expanded. Other expansions, redirections and
/// control structures are not interpreted; the words of an unknown variable keep its spelling.
struct ShellScript {
  /// The words of each command.
  private(set) var commands: [[String]] = []
  private var words: [String] = []
  private var word: String?
  private let environment: [String: String]

  init(_ text: String, environment: [String: String]) {
    self.environment = environment
    var rest = Substring(text)
    while let character = rest.popFirst() { read(character, &rest) }
    endCommand()
  }

  private mutating func read(_ character: Character, _ rest: inout Substring) {
    switch character {
    case "'": append(Self.quoted(&rest))
    case "\"": readDoubleQuoted(&rest)
    case "\\":
      guard let next = rest.popFirst(), next != "\n" else { return }
      append(String(next))
    case "$": append(expansion(&rest))
    case "#" where word == nil: rest = rest.drop { $0 != "\n" }
    case ";", "&", "|", "(", ")", "\n", "\r\n": endCommand()
    case _ where character.isWhitespace: endWord()
    default: append(String(character))
    }
  }

  private mutating func append(_ text: String) { word = (word ?? "") + text }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    if !words.isEmpty { commands.append(words) }
    words = []
  }

  /// Reads the rest of a single-quoted text.
  private static func quoted(_ rest: inout Substring) -> String {
    let text = rest.prefix { $0 != "'" }
    rest = rest.dropFirst(text.count + 1)
    return String(text)
  }

  private mutating func readDoubleQuoted(_ rest: inout Substring) {
    append("")
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.first, "\\\"$`".contains(next) {
        append(String(rest.removeFirst()))
      } else {
        append(character == "$" ? expansion(&rest) : String(character))
      }
    }
  }

  /// Reads a variable after its `$`: `NAME` or `{NAME}`.
  private func expansion(_ rest: inout Substring) -> String {
    if rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
      let name = rest[rest.index(after: rest.startIndex)..<end]
      guard let value = environment[String(name)] else { return "$" }
      rest = rest[rest.index(after: end)...]
      return value
    }
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard let value = environment[String(name)] else { return "$" }
    rest = rest.dropFirst(name.count)
    return value
  }
}
