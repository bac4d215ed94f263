import Intercept

/// Reads one line of YAML: keys, scalars and flow collections (values in brackets).
struct YAMLFlow {
  private var characters: ArraySlice<Character>
  private let line: Int

  init(_ text: String, line: Int) {
    characters = Array(text)[...]
    self.line = line
  }

  /// The unread text, without leading blanks.
  var rest: String { String(characters.drop { $0 == " " }) }

  /// True if every bracket is closed.
  var isBalanced: Bool {
    var depth = 0
    var quote: Character?
    for character in characters {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if "{[".contains(character) {
        depth += 1
      } else if "}]".contains(character) {
        depth -= 1
      }
    }
    return depth <= 0
  }

  mutating func add(_ text: String) {
    characters += [" "] + Array(text)
  }

  /// Reads a key and its colon; returns nil and reads nothing if there is none.
  mutating func key() throws(YAMLProblem) -> String? {
    let start = characters
    let name: String
    if let quote = characters.first, quote == "'" || quote == "\"" {
      name = try quoted(quote)
    } else {
      name = plain { text in text.first == ":" && (text.count == 1 || text.dropFirst().first == " ") }
    }
    skipBlanks()
    guard characters.first == ":", characters.count == 1 || characters.dropFirst().first == " " else {
      characters = start
      return nil
    }
    characters = characters.dropFirst()
    return name
  }

  /// Reads a scalar that ends with the line or a comment.
  mutating func wholeScalar() throws(YAMLProblem) -> YAMLValue {
    let value = try scalar { $0.isEmpty || $0.starts(with: [" ", "#"]) }
    try finish()
    return value
  }

  mutating func wholeValue() throws(YAMLProblem) -> YAMLValue {
    let value = try value(depth: 0)
    try finish()
    return value
  }

  private mutating func finish() throws(YAMLProblem) {
    skipBlanks()
    guard characters.isEmpty || characters.first == "#" else { throw problem("has text after its value") }
  }

  private mutating func value(depth: Int) throws(YAMLProblem) -> YAMLValue {
    guard depth < YAMLReader.maximumDepth else { throw problem("is nested too deeply") }
    skipBlanks()
    switch characters.first {
    case "{":
      var members: [String: YAMLValue] = [:]
      try items(until: "}") { flow throws(YAMLProblem) in
        guard let key = try flow.memberName() else { throw flow.problem("is not '{name: value}'") }
        members[key] = try flow.value(depth: depth + 1)
      }
      return .map(members)
    case "[":
      var values: [YAMLValue] = []
      try items(until: "]") { flow throws(YAMLProblem) in values.append(try flow.value(depth: depth + 1)) }
      return .list(values)
    default: return try scalar { $0.first.map { ",}]".contains($0) } ?? true }
    }
  }

  /// Reads a key of a flow map. As in JSON, a quoted key needs no blank after its colon.
  private mutating func memberName() throws(YAMLProblem) -> String? {
    skipBlanks()
    guard let quote = characters.first, quote == "'" || quote == "\"" else { return try key() }
    let name = try quoted(quote)
    skipBlanks()
    guard characters.popFirst() == ":" else { return nil }
    return name
  }

  private mutating func items(
    until end: Character, _ item: (inout YAMLFlow) throws(YAMLProblem) -> Void
  ) throws(YAMLProblem) {
    characters = characters.dropFirst()
    skipBlanks()
    while characters.first != end {
      try item(&self)
      skipBlanks()
      if characters.first == "," {
        characters = characters.dropFirst()
        skipBlanks()
      } else if characters.first != end {
        throw problem("has no closing '\(end)'")
      }
    }
    characters = characters.dropFirst()
  }

  private mutating func scalar(_ isEnd: (ArraySlice<Character>) -> Bool) throws(YAMLProblem) -> YAMLValue {
    guard let first = characters.first else { return .text("") }
    if first == "'" || first == "\"" { return .text(try quoted(first)) }
    guard !"&*!%@`".contains(first) else { throw problem("begins with '\(first)', which is not supported") }
    let text = plain(isEnd)
    guard !text.contains(": "), !text.hasSuffix(":") else {
      throw problem("has a second colon; put the value in quotes")
    }
    return YAMLValue(plain: text)
  }

  private mutating func plain(_ isEnd: (ArraySlice<Character>) -> Bool) -> String {
    var text = ""
    while !characters.isEmpty, !isEnd(characters), let next = characters.popFirst() { text.append(next) }
    return String(text.reversed().drop { $0 == " " }.reversed())
  }

  private mutating func quoted(_ quote: Character) throws(YAMLProblem) -> String {
    characters = characters.dropFirst()
    var text = ""
    while let next = characters.popFirst() {
      if next == quote {
        guard quote == "'", characters.first == "'" else { return text }
        characters = characters.dropFirst()
      } else if next == "\\", quote == "\"" {
        text.append(try escaped())
        continue
      }
      text.append(next)
    }
    throw problem("has an unclosed quote")
  }

  private mutating func escaped() throws(YAMLProblem) -> Character {
    switch characters.popFirst() {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case let other? where "\"\\/".contains(other): return other
    default: throw problem("has an unsupported escape sequence")
    }
  }

  private mutating func skipBlanks() {
    characters = characters.drop { $0 == " " }
  }

  private func problem(_ text: String) -> YAMLProblem { YAMLProblem(line: line, text: text) }
}
