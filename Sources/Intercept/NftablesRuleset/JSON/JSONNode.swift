import NetworkValues

/// A value of a JSON text (RFC 8259).
enum JSONNode: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number as written.
  case number(String)
  case string(String)
  case array([JSONNode])
  /// The members in the order of the text.
  case object([Member])

  struct Member: Hashable, Sendable {
    let name: String
    let value: JSONNode
  }

  subscript(name: String) -> JSONNode? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The elements of an array; a single value is an array of one.
  var list: [JSONNode] {
    if case .array(let values) = self { return values }
    return [self]
  }

  /// The text of a string or number; nil for other values.
  var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .null, .bool, .array, .object: nil
    }
  }

  /// The only member of an object, as every expression and statement of `nft -j` is.
  var single: Member? {
    guard case .object(let members) = self, members.count == 1 else { return nil }
    return members[0]
  }
}

/// Reads JSON texts with at most 64 levels of arrays and objects.
struct JSONNodeReader {
  private let bytes: [UInt8]
  private var position = 0
  private static let maxDepth = 64

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Reads the text's only value.
  mutating func read() throws(NftSyntaxError) -> JSONNode {
    let value = try value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw error("the end of the text") }
    return value
  }

  private mutating func value(depth: Int) throws(NftSyntaxError) -> JSONNode {
    guard depth < Self.maxDepth else { throw error("at most \(Self.maxDepth) levels") }
    skipBlanks()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case .leftBracket: return try array(depth: depth)
    case .doubleQuote: return .string(try string())
    case UInt8(ascii: "n") where take("null"): return .null
    case UInt8(ascii: "t") where take("true"): return .bool(true)
    case UInt8(ascii: "f") where take("false"): return .bool(false)
    case .some(let byte) where byte == .hyphen || byte.isDigit: return .number(number())
    default: throw error("a JSON value")
    }
  }

  private mutating func object(depth: Int) throws(NftSyntaxError) -> JSONNode {
    var members: [JSONNode.Member] = []
    position += 1
    skipBlanks()
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      let name = try string()
      skipBlanks()
      guard take(":") else { throw error("':'") }
      members.append(JSONNode.Member(name: name, value: try value(depth: depth + 1)))
      skipBlanks()
    } while take(",")
    guard take("}") else { throw error("',' or '}'") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(NftSyntaxError) -> JSONNode {
    var values: [JSONNode] = []
    position += 1
    skipBlanks()
    if take("]") { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(",")
    guard take("]") else { throw error("',' or ']'") }
    return .array(values)
  }

  private mutating func string() throws(NftSyntaxError) -> String {
    guard take("\"") else { throw error("a string") }
    var text: [UInt8] = []
    while let byte = peek, byte != .doubleQuote {
      // A line feed in a string is the mark of a window that cut the text.
      guard byte >= .space else { throw error("a string without control characters") }
      position += 1
      text += byte == .backslash ? try escape() : [byte]
    }
    guard take("\"") else { throw error("'\"'") }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape() throws(NftSyntaxError) -> [UInt8] {
    guard let byte = peek else { throw error("an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [.newline]
    case UInt8(ascii: "t"): return [.tab]
    case UInt8(ascii: "r"): return [.carriageReturn]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "u"):
      let digits = bytes[position...].prefix(4)
      guard digits.count == 4, let code = UInt32(digits: digits, base: 16) else {
        throw error("four hex digits")
      }
      position += 4
      return Array(String(Unicode.Scalar(code).map(Character.init) ?? "\u{FFFD}").utf8)
    default: return [byte]
    }
  }

  private mutating func number() -> String {
    let start = position
    let marks: Set<UInt8> = [.hyphen, .plus, .period, UInt8(ascii: "e"), UInt8(ascii: "E")]
    while let byte = peek, byte.isDigit || marks.contains(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte.isWhitespace { position += 1 }
  }

  private func error(_ expected: String) -> NftSyntaxError {
    let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == .newline }
    let word = peek.map { _ in String(decoding: bytes[position...].prefix(20), as: UTF8.self) }
    return NftSyntaxError(line: line, word: word, expected: expected)
  }
}
