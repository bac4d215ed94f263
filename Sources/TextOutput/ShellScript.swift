/// The simple commands of a shell script, as far as a container's `sh -c` and pasted commands need them.
///
/// Quotes, backslashes and redirections are removed, and variables with a known value are expanded. Other expansions and
/// control structures are not interpreted; the words of an unknown variable keep its spelling.
package struct ShellScript {
  /// The words of each command.
  package private(set) var commands: [[String]] = []
  private var words: [String] = []
  private var word: String?
  private let environment: [String: String]
  private let hasComments: Bool

  /// - Parameters:
  ///   - text: the script.
  ///   - environment: the values of variables.
  ///   - hasComments: true if `#` begins a comment; false for lines after a prompt, which may be `#`.
  package init(_ text: some StringProtocol, environment: [String: String] = [:], hasComments: Bool = true) {
    self.environment = environment
    self.hasComments = hasComments
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
    case "$": append(Self.expansion(&rest, environment))
    case "#" where hasComments && word == nil: rest = rest.drop { $0 != "\n" }
    case ";", "&", "|", "(", ")", "`", "\n", "\r\n": endCommand()
    case ">", "<": skipRedirection(&rest)
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

  /// Skips the file of a redirection. The number of a descriptor before it is no word.
  private mutating func skipRedirection(_ rest: inout Substring) {
    if word == "1" || word == "2" { word = nil }
    endWord()
    rest = rest.drop { $0 == ">" || $0 == "&" || $0 == "<" }.drop { $0 == " " || $0 == "\t" }
    rest = rest.drop { !$0.isWhitespace && $0 != ";" }
  }

  /// Reads the rest of a single-quoted text.
  private static func quoted(_ rest: inout Substring) -> String {
    let text = rest.prefix { $0 != "'" }
    rest = rest[text.endIndex...].dropFirst()
    return String(text)
  }

  private mutating func readDoubleQuoted(_ rest: inout Substring) {
    append("")
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.first, "\\\"$`".contains(next) {
        append(String(rest.removeFirst()))
      } else {
        append(character == "$" ? Self.expansion(&rest, environment) : String(character))
      }
    }
  }
}

extension ShellScript {
  /// The text with the values of variables; unknown variables stay.
  package static func expanded(_ text: Substring, _ environment: [String: String]) -> String {
    var result = ""
    var rest = text
    while let place = rest.firstIndex(of: "$") {
      result += rest[..<place]
      rest = rest[place...].dropFirst()
      result += expansion(&rest, environment)
    }
    return result + rest
  }

  /// Reads a variable after its `$`: `NAME` or `{NAME}`.
  private static func expansion(_ rest: inout Substring, _ environment: [String: String]) -> String {
    if rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
      let name = rest[rest.index(after: rest.startIndex)..<end]
      guard let value = environment[String(name)] else { return "$" }
      rest = rest[rest.index(after: end)...]
      return value
    }
    let name = rest.prefix(while: isNamePart)
    guard let value = environment[String(name)] else { return "$" }
    rest = rest[name.endIndex...]
    return value
  }

  /// True for the characters of a variable's name.
  package static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}
