/// Reads a value of JSON (RFC 8259).
package struct JSONReader {
  private let bytes: [UInt8]
  /// The place and the line of the next byte.
  package private(set) var position: Int
  package private(set) var line: Int
  private var builder = TreeBuilder(refusesDuplicates: true)

  package init(_ bytes: [UInt8], at position: Int, line: Int) {
    self.bytes = bytes
    self.position = position
    self.line = line
  }

  /// Reads the value at the current place.
  package mutating func read() throws(SyntaxProblem) -> ManifestTree {
    builder = TreeBuilder(refusesDuplicates: true)
    try value()
    return try builder.tree()
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  func problem(_ wanted: String) -> SyntaxProblem {
    let found = current.map { 0x21...0x7E ~= $0 ? "'\(Character(UnicodeScalar($0)))'" : "other text" }
    return SyntaxProblem(line: line, "is not valid JSON: \(wanted) is missing before \(found ?? "the end")")
  }

  mutating func skipBlanks() {
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default: return
      }
      position += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(SyntaxProblem) {
    switch current {
    case UInt8(ascii: "{"):
      try items(.object, until: UInt8(ascii: "}")) { reader throws(SyntaxProblem) in
        try reader.name()
        try reader.value()
      }
    case UInt8(ascii: "["):
      try items(.list, until: UInt8(ascii: "]")) { reader throws(SyntaxProblem) in try reader.value() }
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try word("true", .yes)
    case UInt8(ascii: "f"): try word("false", .no)
    case UInt8(ascii: "n"): try word("null", .null)
    default: try number()
    }
  }

  /// Reads the name of a member, up to its value.
  private mutating func name() throws(SyntaxProblem) {
    try string()
    skipBlanks()
    guard skip(UInt8(ascii: ":")) else { throw problem("':'") }
    skipBlanks()
  }

  /// Reads an object and returns the places of its members' values.
  mutating func members() throws(SyntaxProblem) -> [JSONMember] {
    skipBlanks()
    guard current == UInt8(ascii: "{") else { throw problem("an object") }
    var places: [Range<Int>] = []
    try items(.object, until: UInt8(ascii: "}")) { reader throws(SyntaxProblem) in
      try reader.name()
      let start = reader.position
      try reader.value()
      places.append(start..<reader.position)
    }
    let tree = try builder.tree()
    var names: [String] = []
    tree.forEachMember(tree.top) { name, _ in names.append(tree.text(name)) }
    return zip(names, places).map(JSONMember.init)
  }

  /// Reads a list and returns the places of its items.
  mutating func items() throws(SyntaxProblem) -> [Range<Int>] {
    skipBlanks()
    guard current == UInt8(ascii: "[") else { throw problem("a list") }
    var places: [Range<Int>] = []
    try items(.list, until: UInt8(ascii: "]")) { reader throws(SyntaxProblem) in
      let start = reader.position
      try reader.value()
      places.append(start..<reader.position)
    }
    return places
  }

  private mutating func items(
    _ kind: ManifestTree.Node.Kind, until end: UInt8,
    _ item: (inout JSONReader) throws(SyntaxProblem) -> Void
  ) throws(SyntaxProblem) {
    try builder.begin(kind, line: line)
    position += 1
    skipBlanks()
    if !skip(end) {
      repeat {
        skipBlanks()
        try item(&self)
        skipBlanks()
      } while skip(UInt8(ascii: ","))
      guard skip(end) else { throw problem("',' or '\(Character(UnicodeScalar(end)))'") }
    }
    try builder.end()
  }

  private mutating func word(_ word: String, _ kind: ManifestTree.Node.Kind) throws(SyntaxProblem) {
    guard bytes[position...].starts(with: word.utf8) else { throw problem("a value") }
    try builder.scalar(kind, [], line: line)
    position += word.utf8.count
  }
}

// MARK: - Numbers and strings

extension JSONReader {
  private mutating func number() throws(SyntaxProblem) {
    let start = position
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { try digits("a value") }
    if skip(UInt8(ascii: ".")) { try digits("a digit") }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
      try digits("a digit")
    }
    try builder.scalar(.number, bytes[start..<position], line: line)
  }

  private mutating func digits(_ wanted: String) throws(SyntaxProblem) {
    let start = position
    while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else { throw problem(wanted) }
  }

  private mutating func string() throws(SyntaxProblem) {
    guard skip(UInt8(ascii: "\"")) else { throw problem("'\"'") }
    let start = position
    var text: [UInt8]?
    while let byte = current, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else {
        throw SyntaxProblem(line: line, "is not valid JSON: a string contains a control character")
      }
      if byte == UInt8(ascii: "\\") {
        text = text ?? Array(bytes[start..<position])
        text?.append(contentsOf: try escaped())
      } else {
        text?.append(byte)
        position += 1
      }
    }
    let end = position
    guard skip(UInt8(ascii: "\"")) else { throw problem("'\"'") }
    if let text {
      try builder.scalar(.string, text, line: line)
    } else {
      try builder.scalar(.string, bytes[start..<end], line: line)
    }
  }

  /// Reads an escape sequence. A surrogate without its other half becomes the replacement character, as in Go.
  private mutating func escaped() throws(SyntaxProblem) -> String.UTF8View {
    position += 1
    guard let byte = current else { throw problem("the rest of an escape sequence") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\"".utf8
    case UInt8(ascii: "\\"): return "\\".utf8
    case UInt8(ascii: "/"): return "/".utf8
    case UInt8(ascii: "b"): return "\u{8}".utf8
    case UInt8(ascii: "f"): return "\u{C}".utf8
    case UInt8(ascii: "n"): return "\n".utf8
    case UInt8(ascii: "r"): return "\r".utf8
    case UInt8(ascii: "t"): return "\t".utf8
    case UInt8(ascii: "u"):
      var units = [try hexadecimal()]
      if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: "\\u".utf8) {
        let place = position
        position += 2
        let next = try hexadecimal()
        if UTF16.isTrailSurrogate(next) { units.append(next) } else { position = place }
      }
      return String(decoding: units, as: UTF16.self).utf8
    default: throw SyntaxProblem(line: line, "is not valid JSON: a string has an unknown escape sequence")
    }
  }

  private mutating func hexadecimal() throws(SyntaxProblem) -> UInt16 {
    let digits = String(decoding: bytes[position...].prefix(4), as: UTF8.self)
    guard digits.utf8.count == 4, digits.first != "+", let unit = UInt16(digits, radix: 16) else {
      throw SyntaxProblem(line: line, "is not valid JSON: a string has an unknown escape sequence")
    }
    position += 4
    return unit
  }
}
