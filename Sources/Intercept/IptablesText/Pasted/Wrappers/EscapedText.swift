import NetworkValues

/// Escape sequences of JSON, Go and logfmt strings.
enum EscapedText {
  /// The text with one level of escapes removed: `\n`, `\t`, `\"`, `\\`, `\/`, `\u002d`; others are kept.
  static func unescaped(_ text: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    var rest = text.unicodeScalars.makeIterator()
    var pending: Unicode.Scalar?
    while let scalar = pending ?? rest.next() {
      pending = nil
      guard scalar == "\\", let escape = rest.next() else {
        result.append(scalar)
        continue
      }
      switch escape {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r", "b", "f": break
      case "\"", "\\", "/", "'": result.append(escape)
      case "u": (pending, result) = unicode(&rest, result)
      default: result.append(contentsOf: [scalar, escape])
      }
    }
    return String(result)
  }

  /// Reads the four digits of `\u`; surrogates become replacement characters.
  private static func unicode(
    _ rest: inout some IteratorProtocol<Unicode.Scalar>, _ result: String.UnicodeScalarView
  ) -> (Unicode.Scalar?, String.UnicodeScalarView) {
    var (value, result) = (UInt32(0), result)
    for _ in 0..<4 {
      guard let scalar = rest.next() else { break }
      guard let digit = Character(scalar).hexDigitValue else { return (scalar, result) }
      value = value << 4 | UInt32(digit)
    }
    result.append(Unicode.Scalar(value) ?? "\u{fffd}")
    return (nil, result)
  }

  /// The string in double quotes at the beginning of a text, with its escapes; nil if there is none.
  static func quoted(_ text: Substring) -> (content: Substring, rest: Substring)? {
    guard text.first == "\"" else { return nil }
    var isEscaped = false
    let utf8 = text.utf8.dropFirst()
    for index in utf8.indices {
      if isEscaped {
        isEscaped = false
      } else if utf8[index] == .backslash {
        isEscaped = true
      } else if utf8[index] == .doubleQuote {
        return (text[utf8.startIndex..<index], text[utf8.index(after: index)...])
      }
    }
    return nil
  }
}
