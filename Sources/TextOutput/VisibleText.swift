extension String {
  /// The text with every control, format and separator character escaped, except line feeds and tabs: `\u{1B}[2J`.
  ///
  /// A terminal obeys no character of the result, and no character reorders or hides others.
  package var visible: String { escaped(keepingLines: true) }

  /// The same with line feeds and tabs escaped, so that the text cannot pass for several lines.
  package var onOneLine: String { escaped(keepingLines: false) }

  /// The text on one line, in single quotes, cut after 80 characters.
  package var quotedForMessage: String {
    guard unicodeScalars.count > 80 else { return "'\(onOneLine)'" }
    let head = String(String.UnicodeScalarView(unicodeScalars.prefix(80)))
    return "'\(head.onOneLine)'... (\(utf8.count) bytes)"
  }

  /// The text of a style that a terminal may obey: visible, except for the colours of ``TextColour``.
  package func visible(_ style: TextStyle) -> String {
    switch style {
    case .plain: return visible
    case .coloured:
      let parts = split(separator: "\u{1B}", omittingEmptySubsequences: false)
      return parts.dropFirst().reduce(into: (parts.first.map(String.init) ?? "").visible) { text, part in
        text += (TextColour.begins(part) ? "\u{1B}" : #"\u{1B}"#) + String(part).visible
      }
    }
  }

  /// A JSON text with the characters escaped that JSON allows in strings and a terminal may obey: U+007F to U+009F, and
  /// format and separator characters such as those of bidirectional text.
  package var visibleJSON: String {
    if utf8.allSatisfy({ $0 < 0x7F }) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.value < 0x7F || scalar.isVisible {
        text.unicodeScalars.append(scalar)
      } else {
        text += scalar.utf16.map { #"\u"# + String(UInt32($0) + 0x10000, radix: 16).dropFirst() }.joined()
      }
    }
  }

  private func escaped(keepingLines: Bool) -> String {
    func isKept(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isVisible || keepingLines && (scalar == "\n" || scalar == "\t")
    }
    func isKeptByte(_ byte: UInt8) -> Bool {
      0x20..<0x7F ~= byte || keepingLines && (byte == 0x0A || byte == 0x09)
    }
    // Nearly every text stays as it is, and ASCII is the fastest to recognise.
    if utf8.allSatisfy(isKeptByte) || unicodeScalars.allSatisfy(isKept) { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if isKept(scalar) {
        text.unicodeScalars.append(scalar)
      } else {
        text += scalar.escaped(asASCII: true)
      }
    }
  }
}

extension Unicode.Scalar {
  /// True for a character with a glyph or a place of its own in a line.
  fileprivate var isVisible: Bool {
    if value < 0x7F { return value >= 0x20 }
    return value >= 0xA0 && !properties.isPatternWhitespace && properties.generalCategory != .format
  }
}
