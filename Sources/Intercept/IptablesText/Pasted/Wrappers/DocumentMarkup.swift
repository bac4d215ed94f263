import NetworkValues

/// Markup and typography that web pages, mail programs and word processors add to a line.
enum DocumentMarkup {
  /// The line without HTML tags, entities, BBCode's `[code]`, escapes of Markdown, and typographic dashes and quotes.
  static func removed(from line: NumberedLine) -> NumberedLine {
    var text = line.text
    let bytes = text.utf8
    if bytes.contains(UInt8(ascii: "<")) { text = withoutTags(text) }
    if bytes.contains(UInt8(ascii: "&")) { text = replacing(entities, in: text) }
    if bytes.contains(.backslash) { text = replacing(escapes, in: text) }
    if bytes.contains(.leftBracket) { text = replacing(codeMarks, in: text) }
    if bytes.contains(0xe2) { text = withoutTypography(text) }
    return line.with(text)
  }

  /// A mark, and the text in its place.
  private typealias Replacement = (mark: String, text: String)

  private static let entities: [Replacement] = [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", " "),
    ("&amp;", "&"),
  ]
  private static let escapes: [Replacement] = [("\\_", "_"), ("\\*", "*")]
  private static let codeMarks: [Replacement] = ["[code]", "[/code]", "[CODE]", "[/CODE]"].map { ($0, "") }

  /// The text with each of several marks replaced, all of which begin with the same byte.
  private static func replacing(_ replacements: [Replacement], in text: String) -> String {
    guard let lead = replacements.first?.mark.utf8.first else { return text }
    var (result, rest) = ("", text[...])
    while let start = rest.utf8.firstIndex(of: lead) {
      result += rest[..<start]
      rest = rest[start...]
      let found = replacements.lazy.compactMap { next in rest.dropping(next.mark).map { (next.text, $0) } }
        .first
      (result, rest) = found.map { (result + $0, $1) } ?? (result + rest.prefix(1), rest.dropFirst())
    }
    return result + rest
  }

  /// The length of a tag with its attributes.
  private static let maximumTag = 256

  private static let tags: Set<String> = [
    "pre", "code", "p", "div", "span", "li", "td", "tr", "th", "b", "i", "em", "strong", "font", "blockquote",
    "tt",
    "samp", "kbd", "br",
  ]

  private static let (lessThan, greaterThan) = (UInt8(ascii: "<"), UInt8(ascii: ">"))

  /// The name of the known tag at the beginning of a text.
  private static func tag(_ text: Substring) -> String? {
    let name = text.dropFirst().drop { $0 == "/" }.prefix(maximumName).prefix { $0.isLetter }.lowercased()
    return tags.contains(name) ? name : nil
  }

  /// More than the length of every known name.
  private static let maximumName = 12

  /// The text without known tags; `<br>` ends a line.
  private static func withoutTags(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    // The end of a tag is found once for all that begin before it.
    var end = text.utf8.firstIndex(of: greaterThan)
    while let start = rest.utf8.firstIndex(of: lessThan), end != nil {
      result += rest[..<start]
      rest = rest[start...]
      if let before = end, before < start { end = rest.utf8.firstIndex(of: greaterThan) }
      if let end, text.utf8.distance(from: start, to: end) < maximumTag, let name = tag(rest) {
        if name == "br" { result += "\n" }
        rest = rest[end...].dropFirst()
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }

  /// The text with hyphens for typographic dashes of options, and straight quotes.
  private static func withoutTypography(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    let hasQuotes = text.utf8.contains(.doubleQuote)
    while let next = rest.popFirst() {
      switch next {
      case "\u{2010}", "\u{2011}", "\u{2212}": result.append("-")
      // Word processors write one dash for two hyphens.
      case "\u{2013}",
        "\u{2014}" where result.last.map { $0 == " " } ?? true:
        let isLetter = rest.first?.isLetter == true && rest.dropFirst().first.map { $0 == " " } ?? true
        result += isLetter ? "-" : "--"
      case "\u{201c}", "\u{201d}", "\u{201e}": result.append(hasQuotes ? next : "\"")
      default: result.append(next)
      }
    }
    return result
  }
}
