/// Scans a text into tokens, in one pass and without recursion: nesting costs memory, never the stack.
///
/// Why not a decoder that is there already: a cluster's objects are tens of megabytes, of which little is read. A
/// `JSONDecoder` takes seconds for what is scanned here in a tenth of one.
struct JSONScanner {
  private enum Expected {
    case document, value, valueOrEnd, name, nameOrEnd, commaOrEnd
  }

  let bytes: [UInt8]
  var position = 0
  private(set) var tokens: [JSONToken] = []
  /// The tokens of the values at the top: programs print one behind another, with nothing between.
  private(set) var roots: [Int] = []
  private var open: [Int] = []
  private var expected = Expected.document

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    tokens.reserveCapacity(bytes.count / 16)
  }

  mutating func scan() throws(JSONSyntaxError) {
    guard bytes.count < Int(UInt32.max) else { throw problem("is too long: 4 GiB is the most") }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    while let byte = nextByte() { try take(byte) }
    guard open.isEmpty else { throw problem("the text ends in the middle of \(kindOfOpen.words)") }
    guard !roots.isEmpty else { throw problem("the text is empty") }
  }

  func problem(_ text: String, at place: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(text, at: place ?? position, in: bytes)
  }

  private var kindOfOpen: JSONToken.Kind { open.last.map { tokens[$0].kind } ?? .object }

  /// The next byte that is no blank.
  private mutating func nextByte() -> UInt8? {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return bytes[position]
      }
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) throws(JSONSyntaxError) {
    switch (expected, byte) {
    case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): close()
    case (.commaOrEnd, UInt8(ascii: "]")) where kindOfOpen == .array: close()
    case (.commaOrEnd, UInt8(ascii: "}")) where kindOfOpen == .object: close()
    case (.commaOrEnd, UInt8(ascii: ",")):
      position += 1
      expected = kindOfOpen == .object ? .name : .value
    case (.commaOrEnd, _): throw problem("a comma or the end of \(kindOfOpen.words) is missing")
    case (.name, _), (.nameOrEnd, _): try takeName(byte)
    case (.document, _), (.value, _), (.valueOrEnd, _): try takeValue(byte)
    }
  }

  private mutating func takeName(_ byte: UInt8) throws(JSONSyntaxError) {
    guard byte == UInt8(ascii: "\"") else { throw problem("a member's name in quotes is missing") }
    try takeString()
    guard nextByte() == UInt8(ascii: ":") else {
      throw problem("a colon behind the member's name is missing")
    }
    position += 1
    expected = .value
  }

  private mutating func takeValue(_ byte: UInt8) throws(JSONSyntaxError) {
    if open.isEmpty { roots.append(tokens.count) }
    switch byte {
    case UInt8(ascii: "{"): begin(.object, .nameOrEnd)
    case UInt8(ascii: "["): begin(.array, .valueOrEnd)
    case UInt8(ascii: "\""):
      try takeString()
      ended()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      add(.number, from: position, to: try endOfNumber())
      ended()
    default:
      try takeWord()
      ended()
    }
  }

  private mutating func begin(_ kind: JSONToken.Kind, _ then: Expected) {
    open.append(tokens.count)
    add(kind, from: position, to: position + 1)
    expected = then
  }

  private mutating func close() {
    position += 1
    let index = open.removeLast()
    tokens[index].end = UInt32(position)
    tokens[index].next = UInt32(tokens.count)
    ended()
  }

  private mutating func ended() {
    expected = open.isEmpty ? .document : .commaOrEnd
  }

  /// Adds a token and goes on behind it.
  mutating func add(_ kind: JSONToken.Kind, from start: Int, to end: Int) {
    tokens.append(
      JSONToken(kind: kind, start: UInt32(start), end: UInt32(end), next: UInt32(tokens.count + 1)))
    position = end
  }
}
