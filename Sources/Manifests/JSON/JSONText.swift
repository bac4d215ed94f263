import FoundationEssentials
import Intercept

/// Texts of one JSON value.
enum JSONText {
  /// What a body is given of a text: the decoder of the value at its top.
  typealias Body = (any Decoder) throws -> Void

  /// Reads a text where it lies: it may be as great as a cluster. What the body keeps of the decoder copies it.
  ///
  /// - Returns: whether the text is JSON; the body has run only if it is.
  /// - Throws: `ManifestError` where the text is empty, and what the body throws.
  static func read(
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

  /// Lets the body run while the text is at hand.
  private struct Reading: DecodableWithConfiguration {
    init(from decoder: any Decoder, configuration body: Body) throws { try body(decoder) }
  }
}
