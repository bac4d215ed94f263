import Intercept

/// Reads what stands in a line: names, texts, and values in brackets.
struct YAMLFlow {
  private var characters: ArraySlice<Character>
  private let line: Int

  init(_ text: String, line: Int) {
    characters = Array(text)[...]
    self.line = line
  }

  /// What has not been read, without the blanks before it.
  var rest: String { String(characters.drop { $0 == " " }) }

  /// Whether every bracket has been closed.
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

  /// A name with its colon; nil if there is none, and then nothing is read.
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

  /// The text or literal that the rest of the line is, but for a comment.
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
    guard characters.isEmpty || characters.first == "#" else { throw problem("has more behind its value") }
  }

  private mutating func value(depth: Int) throws(YAMLProblem) -> YAMLValue {
    guard depth < YAMLReader.deepest else { throw problem("is nested too deep") }
    skipBlanks()
    switch characters.first {
    case "{":
      var members: [String: YAMLValue] = [:]
      try items(until: "}") { flow throws(YAMLProblem) in
        guard let key = try flow.memberName() else { throw flow.problem("is no '{name: value}'") }
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

  /// As in JSON, nothing need stand between a quoted name's colon and its value.
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
        throw problem("has no '\(end)' where it should end")
      }
    }
    characters = characters.dropFirst()
  }

  private mutating func scalar(_ isEnd: (ArraySlice<Character>) -> Bool) throws(YAMLProblem) -> YAMLValue {
    guard let first = characters.first else { return .text("") }
    if first == "'" || first == "\"" { return .text(try quoted(first)) }
    guard !"&*!%@`".contains(first) else { throw problem("begins with '\(first)', which is not read here") }
    let text = plain(isEnd)
    guard !text.contains(": "), !text.hasSuffix(":") else {
      throw problem("has one more colon in its value; put the value in quotes")
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
    throw problem("has a quote that is not closed")
  }

  private mutating func escaped() throws(YAMLProblem) -> Character {
    switch characters.popFirst() {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case let other? where "\"\\/".contains(other): return other
    default: throw problem("has a backslash before what is not read here")
    }
  }

  private mutating func skipBlanks() {
    characters = characters.drop { $0 == " " }
  }

  private func problem(_ text: String) -> YAMLProblem { YAMLProblem(line: line, text: text) }
}
