import Intercept

/// Reads the YAML of annotations: block and flow maps and lists; plain, quoted and block scalars. Anchors, tags and
/// multi-line plain scalars are rejected.
///
/// Yams reads all of YAML but links all of Foundation into a binary that starts in every pod.
package struct YAMLReader {
  /// A line that is neither empty nor a comment.
  struct Line {
    let number: Int
    let indent: Int
    var text: String
  }

  /// The limit of nesting, which uses stack; far more than proxy settings need.
  static let maximumDepth = 32

  private var lines: [Line]
  private var place = 0

  package static func read(_ text: String) throws(YAMLProblem) -> YAMLValue {
    var reader = try YAMLReader(text)
    guard let first = reader.current else { return .map([:]) }
    let value = try reader.block(first.indent, depth: 0)
    if let rest = reader.current {
      throw YAMLProblem(line: rest.number, text: "is indented differently from the lines before")
    }
    return value
  }

  private init(_ text: String) throws(YAMLProblem) {
    lines = []
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    {
      let indent = raw.prefix { $0 == " " }.count
      let content = raw.dropFirst(indent).trimmedEnd
      if content.hasPrefix("\t") { throw YAMLProblem(line: index + 1, text: "is indented with a tab") }
      lines.append(Line(number: index + 1, indent: indent, text: content))
    }
    skipEmpty()
    if current?.text == "---" { place += 1 }
    skipEmpty()
  }

  private var current: Line? { place < lines.count ? lines[place] : nil }

  private mutating func skipEmpty() {
    while let line = current, line.text.isEmpty || line.text.hasPrefix("#") { place += 1 }
  }

  private mutating func advance() {
    place += 1
    skipEmpty()
  }

  private mutating func block(_ indent: Int, depth: Int) throws(YAMLProblem) -> YAMLValue {
    guard let line = current else { return .text("") }
    guard depth < Self.maximumDepth else {
      throw YAMLProblem(line: line.number, text: "is nested too deeply")
    }
    if line.isItem { return try sequence(indent, depth) }
    if let first = line.text.first, "{[".contains(first) { return try flow(line.text) }
    return try mapping(indent, depth)
  }

  private mutating func mapping(_ indent: Int, _ depth: Int) throws(YAMLProblem) -> YAMLValue {
    var members: [String: YAMLValue] = [:]
    while let line = current, line.indent == indent, !line.isItem {
      guard let (key, rest) = try line.member() else {
        throw YAMLProblem(line: line.number, text: "is not 'name: value'")
      }
      members[key] = try value(rest, of: line, depth, isMember: true)
    }
    if let line = current, line.indent > indent {
      throw YAMLProblem(line: line.number, text: "is indented too far")
    }
    return .map(members)
  }

  private mutating func sequence(_ indent: Int, _ depth: Int) throws(YAMLProblem) -> YAMLValue {
    var items: [YAMLValue] = []
    while let line = current, line.indent == indent, line.isItem {
      let rest = String(line.text.dropFirst().drop { $0 == " " })
      let inner = Line(number: line.number, indent: indent + line.text.count - rest.count, text: rest)
      let isMember = try inner.member() != nil
      if inner.isItem || isMember {
        // The text after the dash is the first line of a nested list or map.
        lines[place] = inner
        items.append(try block(lines[place].indent, depth: depth + 1))
      } else {
        items.append(try value(rest, of: line, depth, isMember: false))
      }
    }
    return .list(items)
  }

  /// Reads the value after a key or a dash, which may continue on the lines below.
  private mutating func value(_ rest: String, of line: Line, _ depth: Int, isMember: Bool) throws(YAMLProblem)
    -> YAMLValue
  {
    switch rest.first {
    case nil, "#":
      advance()
      guard let next = current else { return .text("") }
      let isInside = next.indent > line.indent || isMember && next.indent == line.indent && next.isItem
      return isInside ? try block(next.indent, depth: depth + 1) : .text("")
    case "|", ">": return blockText(under: line)
    case "{", "[": return try flow(rest)
    default:
      var scalars = YAMLFlow(rest, line: line.number)
      let value = try scalars.wholeScalar()
      advance()
      if let next = current, next.indent > line.indent {
        throw YAMLProblem(
          line: next.number, text: "continues the text of the line before; write it on one line")
      }
      return value
    }
  }

  private mutating func blockText(under line: Line) -> YAMLValue {
    var texts: [String] = []
    place += 1
    while let next = current, next.text.isEmpty || next.indent > line.indent {
      texts.append(next.text)
      place += 1
    }
    skipEmpty()
    return .text(texts.joined(separator: "\n"))
  }

  /// Reads a flow collection, which may continue on the lines below.
  private mutating func flow(_ start: String) throws(YAMLProblem) -> YAMLValue {
    guard let line = current else { return .text("") }
    var flow = YAMLFlow(start, line: line.number)
    advance()
    while !flow.isBalanced, let next = current {
      flow.add(next.text)
      advance()
    }
    return try flow.wholeValue()
  }
}

extension YAMLReader.Line {
  var isItem: Bool { text == "-" || text.hasPrefix("- ") }

  /// The key and the text after its colon; nil if the line has no key.
  func member() throws(YAMLProblem) -> (key: String, rest: String)? {
    var flow = YAMLFlow(text, line: number)
    guard let key = try flow.key() else { return nil }
    return (key, flow.rest)
  }
}

extension StringProtocol {
  /// The text without trailing blanks.
  fileprivate var trimmedEnd: String {
    var text = Substring(self)
    while let last = text.unicodeScalars.last, [" ", "\t", "\r"].contains(last) {
      text.unicodeScalars.removeLast()
    }
    return String(text)
  }
}
