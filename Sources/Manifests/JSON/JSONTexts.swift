/// The JSON values of a text that holds several, one behind another: so does kubectl print the objects of a file.
struct JSONTexts {
  private(set) var texts: [Substring] = []
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Cuts a text where an object or a list at its top ends. What is wrong with the parts is for others to say.
  init(_ text: String) {
    var start = text.startIndex
    for (offset, byte) in text.utf8.enumerated() where endsValue(byte) {
      let end = text.utf8.index(text.startIndex, offsetBy: offset + 1)
      texts.append(text[start..<end])
      start = end
    }
    let rest = text[start...]
    if texts.isEmpty || rest.contains(where: { !$0.isWhitespace }) { texts.append(rest) }
  }

  private mutating func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case _ where isEscaped: isEscaped = false
    case UInt8(ascii: "\\"): isEscaped = isInString
    case UInt8(ascii: "\""): isInString.toggle()
    case _ where isInString: break
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      return depth == 0
    default: break
    }
    return false
  }
}
