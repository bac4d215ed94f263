import NetworkValues

/// The strings of a JSON text, found without building its values.
struct JSONStrings {
  /// A string and the key before it.
  struct Item {
    let key: String?
    let text: String
    /// Number of newlines before the string.
    let line: Int
  }

  private(set) var items: [Item] = []
  private var rest: Substring
  /// The open brackets.
  private var nesting: [Character] = []
  private var key: String?
  private var line = 0

  private static let maximumNesting = 64
  private static let maximumItems = 100_000

  /// The strings of one or more JSON values; nil if the text is not JSON.
  static func read(_ text: Substring) -> [Item]? {
    var reader = JSONStrings(rest: text)
    guard reader.readAll() else { return nil }
    return reader.items
  }

  private init(rest: Substring) {
    self.rest = rest
  }

  private mutating func readAll() -> Bool {
    while let next = rest.first {
      guard items.count < Self.maximumItems, readToken(next) else { return false }
    }
    return nesting.isEmpty
  }

  private mutating func readToken(_ next: Character) -> Bool {
    switch next {
    case " ", "\t": rest = rest.droppingBlanks
    case "\n":
      line += 1
      rest.removeFirst()
    case "{", "[":
      nesting.append(next)
      key = nil
      rest.removeFirst()
      return nesting.count <= Self.maximumNesting
    case "}", "]":
      rest.removeFirst()
      return nesting.popLast() == (next == "}" ? "{" : "[")
    case ",", ":": rest.removeFirst()
    case "\"": return readString()
    default: return readLiteral()
    }
    return true
  }

  private mutating func readString() -> Bool {
    guard let (content, after) = EscapedText.quoted(rest) else { return false }
    let text = EscapedText.unescaped(content)
    rest = after
    if nesting.last == "{", after.droppingBlanks.first == ":" {
      key = text
    } else {
      items.append(Item(key: key, text: text, line: line))
    }
    line += content.utf8.count { $0 == .newline }
    return true
  }

  /// A number, `true`, `false` or `null`.
  private mutating func readLiteral() -> Bool {
    let end = rest.firstIndex { !($0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))) }
    let word = rest[..<(end ?? rest.endIndex)]
    let isNumber = word.first.map { $0.isNumber || $0 == "-" } == true
    guard isNumber || ["true", "false", "null"].contains(word) else { return false }
    rest = rest[word.endIndex...]
    return !nesting.isEmpty
  }
}
