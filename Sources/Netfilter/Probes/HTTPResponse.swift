/// An answer of HTTP/1.1 (RFC 9112) on a connection that the server closes.
struct HTTPResponse: Hashable, Sendable {
  let status: Int
  let body: [UInt8]

  /// Parses all bytes of a connection; nil if they are no complete answer.
  init?(_ bytes: [UInt8]) {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let first = lines.first?.split(separator: " ") ?? []
    guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else { return nil }
    self.status = status
    let rest = bytes[end.upperBound...]
    if Self.field("transfer-encoding", in: lines)?.hasSuffix("chunked") == true {
      guard let body = Self.unchunked(rest) else { return nil }
      self.body = body
    } else if let length = Self.field("content-length", in: lines).flatMap({ Int($0) }) {
      guard length >= 0, rest.count >= length else { return nil }
      body = Array(rest.prefix(length))
    } else {
      body = Array(rest)
    }
  }

  /// The value of a header field in lower case.
  private static func field(_ name: String, in lines: [Substring]) -> String? {
    lines.dropFirst().compactMap { line -> String? in
      let parts = line.lowercased().split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0] == name else { return nil }
      return String(parts[1].drop { $0 == " " || $0 == "\t" })
    }.last
  }

  /// The content of chunks; nil if the last one is missing.
  private static func unchunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = bytes
    var body: [UInt8] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let size = rest[..<end].prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\r") }
      guard let length = Int(String(decoding: size, as: UTF8.self), radix: 16), length >= 0 else {
        return nil
      }
      rest = rest[(end + 1)...]
      if length == 0 { return body }
      guard rest.count >= length else { return nil }
      body += rest.prefix(length)
      // The line end after a chunk.
      rest = rest.dropFirst(length).drop { $0 == UInt8(ascii: "\r") }.dropFirst()
    }
    return nil
  }
}
