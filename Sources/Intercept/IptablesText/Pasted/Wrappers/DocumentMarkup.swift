import NetworkValues

/// Markup and typography that web pages, mail programs and word processors add to a line.
enum DocumentMarkup {
  /// The line without HTML tags, entities, BBCode's `[code]`, escapes of Markdown, and typographic dashes and quotes.
  static func removed(from line: NumberedLine) -> NumberedLine {
    var text = line.text
    let bytes = text.utf8
    if bytes.contains(UInt8(ascii: "<")) { text = withoutTags(text) }
    if bytes.contains(UInt8(ascii: "&")) {
      for (entity, character) in entities { text = text.replacing(entity, with: character) }
    }
    if bytes.contains(.backslash) {
      text = text.replacing("\\_", with: "_").replacing("\\*", with: "*")
    }
    if bytes.contains(.leftBracket) {
      for mark in ["[code]", "[/code]", "[CODE]", "[/CODE]"] { text = text.replacing(mark, with: "") }
    }
    if bytes.contains(where: { $0 >= 0xe2 }) { text = withoutTypography(text) }
    return line.with(text)
  }

  private static let entities = [
    ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", " "),
    ("&amp;", "&"),
  ]

  /// The length of a tag with its attributes.
  private static let maximumTag = 256

  private static let tags: Set<String> = [
    "pre", "code", "p", "div", "span", "li", "td", "tr", "th", "b", "i", "em", "strong", "font", "blockquote",
    "tt",
    "samp", "kbd", "br",
  ]

  /// The text without known tags; `<br>` ends a line.
  private static func withoutTags(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    while let start = rest.firstIndex(of: "<") {
      result += rest[..<start]
      rest = rest[start...]
      let name = rest.dropFirst().drop { $0 == "/" }.prefix { $0.isLetter }.lowercased()
      if tags.contains(name), let end = rest.prefix(maximumTag).firstIndex(of: ">") {
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
