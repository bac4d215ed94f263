import LogText
import NetworkValues

/// Removes the envelopes that logs, consoles and documents put around the lines of a text.
struct LineUnwrapper {
  private(set) var lines: NumberedLines
  /// The beginning of a line that CRI split into several.
  private var partial: NumberedLine?

  /// Maximum number of envelopes in each other.
  private static let maximumNesting = 8
  /// Maximum number of lines, embedded ones included.
  static let maximumLines = 5_000_000

  private init(of bytes: [UInt8]) {
    lines = NumberedLines(of: bytes)
  }

  /// The lines of a file in UTF-8 without envelopes.
  ///
  /// A file that is JSON as a whole is replaced by the strings in it.
  static func lines(_ bytes: [UInt8]) -> PodLines {
    var unwrapper = LineUnwrapper(of: bytes)
    if let strings = jsonStrings(bytes) {
      for item in strings.items {
        unwrapper.add(
          NumberedLine(number: item.line + 1, text: item.text, isFromLog: true, pod: item.pod), nesting: 1)
      }
    } else if DiffText.isDiff(bytes) {
      for line in DiffText.newSide(of: bytes) { unwrapper.add(line, nesting: 0) }
    } else {
      let lines = NumberedLines.all(of: bytes)
      let hasNumbers = LineNumbers.precede(lines)
      for line in lines {
        let content = DocumentMarkup.removed(from: line)
        unwrapper.add(hasNumbers ? LineNumbers.removed(from: content) : content, nesting: 0)
      }
    }
    var pods = PodLines(CommonPrefixes.removed(from: unwrapper.lines))
    pods.lines = ShellExpansion.expanded(ContinuedLines.joined(pods.lines))
    return pods
  }

  /// The strings with rules or messages of a file that is JSON as a whole; nil for other files.
  private static func jsonStrings(_ bytes: [UInt8]) -> RuleStrings? {
    guard let first = bytes.first(where: { !$0.isWhitespace }), "{[\"".utf8.contains(first) else {
      return nil
    }
    return RuleStrings(json: bytes.span)
  }

  /// A line without its envelopes, as one or more lines.
  static func unwrapped(_ line: NumberedLine) -> [NumberedLine] {
    var unwrapper = LineUnwrapper(of: [])
    // Its place is in another file.
    unwrapper.add(
      NumberedLine(number: line.number, text: line.text, isFromLog: line.isFromLog, pod: line.pod), nesting: 1
    )
    return Array(unwrapper.lines)
  }

  private mutating func add(_ line: NumberedLine, nesting: Int) {
    guard lines.count < Self.maximumLines else { return }
    var line = line
    if let whole = joined(line) { line = whole } else { return }
    var rest = line.text[...].droppingBlanks
    for _ in nesting..<Self.maximumNesting {
      // Before escapes: the rules in JSON are escaped, and its brackets are not part of them.
      if let (message, pod) = Envelope.jsonMessage(rest) {
        line.pod = pod ?? line.pod
        return add(embedded: message + "\n", of: line, nesting: nesting)
      }
      if EmbeddedLines.areEscaped(in: rest) || rest.utf8.contains(.newline) {
        line.pod =
          line.pod ?? LogPrefix.kubectlPod(rest) ?? LogSource.pod(inPrefix: rest.firstWord)
        return add(embedded: rest, of: line, nesting: nesting)
      }
      if LineKind(rest).isRuleText { break }
      guard let inner = Envelope.removed(from: rest) else { break }
      line.isFromLog = line.isFromLog || inner.isLog
      line.pod = line.pod ?? LogPrefix.kubectlPod(rest)
      rest = inner.text.droppingBlanks
    }
    lines.append(line.with(Self.trimmed(rest)))
  }

  /// A line with the beginning that CRI split from it; nil for such a beginning.
  private mutating func joined(_ line: NumberedLine) -> NumberedLine? {
    guard let (content, isPartial) = LogPrefix.criContent(line.text[...].droppingBlanks) else { return line }
    var whole = partial ?? NumberedLine(number: line.number, text: "", isFromLog: true)
    whole.text += content
    partial = isPartial && whole.text.utf8.count < 1 << 20 ? whole : nil
    return partial == nil ? whole : nil
  }

  private mutating func add(embedded text: Substring, of line: NumberedLine, nesting: Int) {
    let hasLines = text.utf8.contains(.newline)
    for part in hasLines ? EmbeddedLines.parts(of: String(text)) : EmbeddedLines.unescapedParts(of: text) {
      add(
        NumberedLine(number: line.number, text: String(part), isFromLog: true, pod: line.pod),
        nesting: nesting + 1)
    }
  }

  /// The rule without a comment that a person wrote after it.
  private static func withoutComment(_ rule: Substring) -> Substring {
    guard rule.utf8.contains(.numberSign), let mark = rule.firstRange(of: " #") ?? rule.firstRange(of: "\t#")
    else { return rule }
    let before = rule[..<mark.lowerBound]
    return before.utf8.count { $0 == .doubleQuote }.isMultiple(of: 2) ? before.trimmingBlanks()[...] : rule
  }

  private static let ruleStarts = Array("-:*[C".utf8)

  /// The line without blanks at its end, a suffix of fields after `COMMIT` or a rule, and a backslash of Markdown.
  private static func trimmed(_ text: Substring) -> String {
    var rest = text[
      ..<(text.utf8.lastIndex { !$0.isWhitespace }.map { text.utf8.index(after: $0) } ?? text.startIndex)]
    rest = Envelope.escapedMark(rest) ?? rest
    if rest.utf8.first == .hyphen { rest = withoutComment(rest) }
    guard let first = rest.utf8.first, ruleStarts.contains(first), rest.hasBytes("  ") else {
      return String(rest)
    }
    let words = rest.words
    let fields = words.reversed().prefix {
      $0.contains("=") && $0.first?.isLetter == true && !$0.contains("\"")
    }
    for field in words.suffix(fields.count) {
      let before = rest[..<field.startIndex]
      guard before.hasSuffix("  ") || before.hasSuffix("\t") else { continue }
      return before.trimmingBlanks()
    }
    return String(rest)
  }
}
