/// A scanned text, of which nodes are looked at in place.
final class JSONDocument: Sendable {
  let bytes: [UInt8]
  let tokens: [JSONToken]
  private let rootIndexes: [Int]

  init(_ text: String) throws(JSONSyntaxError) {
    var scanner = JSONScanner(Array(text.utf8))
    try scanner.scan()
    bytes = scanner.bytes
    tokens = scanner.tokens
    rootIndexes = scanner.roots
  }

  /// The values of the text, one behind another.
  var roots: [JSONNode] { rootIndexes.map { JSONNode(document: self, index: $0) } }

  /// The text of a string or a number.
  func text(of token: JSONToken) -> String {
    let raw = bytes[Int(token.start)..<Int(token.end)]
    guard token.kind == .escapedString else { return String(decoding: raw, as: UTF8.self) }
    return JSONEscapes.text(of: raw)
  }

  /// Whether a member's name is this one.
  func isName(_ index: Int, _ name: String) -> Bool {
    let token = tokens[index]
    guard token.kind != .escapedString else { return text(of: token) == name }
    let utf8 = name.utf8
    return Int(token.end - token.start) == utf8.count
      && bytes[Int(token.start)..<Int(token.end)].elementsEqual(utf8)
  }
}

/// What backslashes in strings stand for.
enum JSONEscapes {
  /// The text of a string whose escapes have been found right; half a surrogate pair becomes U+FFFD.
  static func text(of raw: ArraySlice<UInt8>) -> String {
    var units: [UInt16] = []
    var rest = raw
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\") {
        units.append(unit(&rest))
      } else {
        let plain = [byte] + rest.prefix { $0 != UInt8(ascii: "\\") }
        rest = rest.dropFirst(plain.count - 1)
        units += String(decoding: plain, as: UTF8.self).utf16
      }
    }
    return String(decoding: units, as: UTF16.self)
  }

  private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
    let letter = rest.popFirst() ?? 0
    switch letter {
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "f"): return 0x0c
    case UInt8(ascii: "n"): return 0x0a
    case UInt8(ascii: "r"): return 0x0d
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "u"):
      let digits = String(decoding: rest.prefix(4), as: UTF8.self)
      rest = rest.dropFirst(4)
      return UInt16(digits, radix: 16) ?? 0xfffd
    default: return UInt16(letter)
    }
  }
}
