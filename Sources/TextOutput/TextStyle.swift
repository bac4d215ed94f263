/// Plain or coloured output.
public enum TextStyle: Hashable, Sendable {
  case plain
  /// Colours by ANSI escape sequences.
  case coloured
}

/// A colour or weight of text on a terminal.
///
/// The raw value is the parameter of the ANSI escape sequence SGR (Select Graphic Rendition).
package enum TextColour: Int, Hashable, Sendable, CaseIterable {
  case normal = 0
  case bold = 1
  case dim = 2
  case red = 31
  case green = 32
  case yellow = 33
  case magenta = 35
  case cyan = 36

  /// True if the text after an escape character begins with one of these colours.
  static func begins(_ text: Substring) -> Bool {
    allCases.contains { text.hasPrefix("[\($0.rawValue)m") }
  }
}

extension String {
  /// The text, visible, in a colour; each line by itself.
  package func coloured(_ colour: TextColour, _ style: TextStyle) -> String {
    switch style {
    case .plain: return self
    case .coloured:
      let lines = visible.split(separator: "\n", omittingEmptySubsequences: false)
      return lines.map { $0.isEmpty ? "" : "\u{1B}[\(colour.rawValue)m\($0)\u{1B}[0m" }.joined(
        separator: "\n")
    }
  }
}
