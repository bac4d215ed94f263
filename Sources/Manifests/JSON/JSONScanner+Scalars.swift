extension JSONScanner {
  /// Takes the string that begins here.
  mutating func takeString() throws(JSONSyntaxError) {
    let start = position + 1
    var isEscaped = false
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        add(isEscaped ? .escapedString : .string, from: start, to: place)
        position = place + 1
        return
      case UInt8(ascii: "\\"):
        isEscaped = true
        place += try lengthOfEscape(at: place)
      case 0..<0x20: throw problem("a string must not hold line ends or control characters", at: place)
      default: place += 1
      }
    }
    throw problem("the text ends in the middle of a string", at: place)
  }

  private func lengthOfEscape(at place: Int) throws(JSONSyntaxError) -> Int {
    guard place + 1 < bytes.count else { throw problem("the text ends in the middle of a string", at: place) }
    switch bytes[place + 1] {
    case UInt8(ascii: "u"):
      let digits = bytes[(place + 2)...].prefix(4)
      guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
        throw problem("four hexadecimal digits must follow \\u", at: place)
      }
      return 6
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    default: throw problem("a backslash must not stand before this character", at: place)
    }
  }

  /// Where the number that begins here ends.
  func endOfNumber() throws(JSONSyntaxError) -> Int {
    var place = position
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    let whole = digits(from: place)
    guard whole > place, whole == place + 1 || bytes[place] != UInt8(ascii: "0") else {
      throw problem("is no number")
    }
    place = whole
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") { place = try someDigits(from: place + 1) }
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
        place += 1
      }
      place = try someDigits(from: place)
    }
    return place
  }

  private func someDigits(from place: Int) throws(JSONSyntaxError) -> Int {
    let end = digits(from: place)
    guard end > place else { throw problem("is no number") }
    return end
  }

  private func digits(from start: Int) -> Int {
    var place = start
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) { place += 1 }
    return place
  }

  /// Takes `true`, `false` or `null`.
  mutating func takeWord() throws(JSONSyntaxError) {
    let words: [(StaticString, JSONToken.Kind)] = [("true", .true), ("false", .false), ("null", .null)]
    for (word, kind) in words {
      let end = position + word.utf8CodeUnitCount
      guard end <= bytes.count, bytes[position..<end].elementsEqual("\(word)".utf8) else { continue }
      add(kind, from: position, to: end)
      return
    }
    throw problem(
      tokens.isEmpty ? "this is no JSON; have kubectl print it with -o json" : "a value is missing")
  }
}
