import FoundationEssentials
import Intercept

/// Reads texts of JSON.
package enum JSONDocument {
  /// A closure that reads the value at the top of a text.
  typealias Body = (any Decoder) throws -> Void

  /// Decodes a text without copying it: a cluster's objects can be hundreds of megabytes.
  ///
  /// - Returns: true if the text is one JSON value; otherwise the body has not run.
  /// - Throws: `ManifestError` if the text is empty, and the body's errors.
  package static func read(
    _ text: Substring, _ body: (any Decoder) throws(ManifestError) -> Void
  ) throws(ManifestError) -> Bool {
    guard text.contains(where: { !$0.isWhitespace }) else { throw ManifestError("the text is empty") }
    do {
      var text = text
      try text.withUTF8 { bytes in try decode(bytes, body) }
      return true
    } catch let error as ManifestError {
      throw error
    } catch {
      return false
    }
  }

  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ body: Body) throws {
    guard let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
    let data = Data(bytesNoCopy: start, count: bytes.count, deallocator: .none)
    try withoutActuallyEscaping(body) { body in
      _ = try JSONDecoder().decode(Reading.self, from: data, configuration: body)
    }
  }

  /// Runs the body inside the decoder, while the text's memory is valid.
  private struct Reading: DecodableWithConfiguration {
    init(from decoder: any Decoder, configuration body: Body) throws { try body(decoder) }
  }

  /// Splits concatenated JSON values, as kubectl prints the objects of one file.
  ///
  /// A value ends where the object or list at the top closes. The parts need not be valid JSON.
  package static func split(_ text: String) -> [Substring] {
    var scanner = JSONScanner()
    var parts: [Substring] = []
    var start = text.startIndex
    for (offset, byte) in text.utf8.enumerated() where scanner.endsValue(byte) {
      let end = text.utf8.index(text.startIndex, offsetBy: offset + 1)
      parts.append(text[start..<end])
      start = end
    }
    let rest = text[start...]
    if parts.isEmpty || rest.contains(where: { !$0.isWhitespace }) { parts.append(rest) }
    return parts
  }
}

/// Counts brackets outside strings.
private struct JSONScanner {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Returns true if the byte closes the object or list at the top.
  mutating func endsValue(_ byte: UInt8) -> Bool {
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
