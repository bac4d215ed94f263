import NetworkValues

extension String {
  /// The text as `iptables-save` writes an argument: bare if it is of letters, digits and a few signs, else in
  /// double quotes with `\`, `"` and `'` escaped.
  var iptablesQuoted: String {
    if !isEmpty, utf8.allSatisfy(\.needsNoQuotes) { return self }
    // By scalars, not by characters: an accent behind a quote must not hide it.
    let escaped = unicodeScalars.reduce(into: "") { text, scalar in
      if "\\\"'".unicodeScalars.contains(scalar) { text += "\\" }
      text.unicodeScalars.append(scalar)
    }
    return "\"\(escaped)\""
  }

  /// The text as it is if it is one word of a line, else in quotes.
  package var asWord: String {
    let isWord = utf8.allSatisfy { !$0.isBlank && $0 != UInt8(ascii: "\"") }
    return isWord && !isEmpty && self != "!" ? self : iptablesQuoted
  }
}

extension UInt8 {
  /// Whether iptables prints the byte outside quotes.
  fileprivate var needsNoQuotes: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "_-".utf8.contains(self)
    }
  }
}
