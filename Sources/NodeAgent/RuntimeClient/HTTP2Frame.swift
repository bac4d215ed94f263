/// A frame of HTTP/2 (RFC 9113, section 4).
struct HTTP2Frame: Hashable {
  /// The frame types that a client of one call needs; others are skipped, as the RFC demands.
  enum Kind: UInt8 {
    case data = 0
    case headers = 1
    case reset = 3
    case settings = 4
    case ping = 6
    case goAway = 7
    case windowUpdate = 8
    case continuation = 9
  }

  /// The bits of the flags field that are read or set.
  enum Flag {
    /// END_STREAM of DATA and HEADERS, ACK of SETTINGS and PING.
    static let end: UInt8 = 0x1
    static let acknowledgement: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4
    static let padded: UInt8 = 0x8
  }

  /// Nil for another type.
  let kind: Kind?
  let flags: UInt8
  let stream: UInt32
  let payload: [UInt8]

  init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
    (self.kind, self.flags, self.stream, self.payload) = (kind, flags, stream, payload)
  }

  /// The frame as it is sent.
  var bytes: [UInt8] {
    let length = UInt32(payload.count)
    return Array(length.bigEndianBytes.dropFirst()) + [kind?.rawValue ?? 0, flags] + stream.bigEndianBytes
      + payload
  }

  /// The payload of a DATA frame without padding; nil if the padding is longer than the frame.
  var content: ArraySlice<UInt8>? {
    guard flags & Flag.padded != 0 else { return payload[...] }
    guard let padding = payload.first, Int(padding) < payload.count else { return nil }
    return payload.dropFirst().dropLast(Int(padding))
  }
}

extension HTTP2Frame {
  /// The maximum payload of a frame, SETTINGS_MAX_FRAME_SIZE, at its initial value.
  static let maximumPayload = 1 << 14

  private static let headSize = 9

  /// Takes the first frame from received bytes; nil if it is not complete.
  ///
  /// - Throws: `RuntimeProblem` for a frame above ``maximumPayload``.
  init?(from received: inout [UInt8]) throws(RuntimeProblem) {
    guard received.count >= Self.headSize else { return nil }
    let length = received[..<3].reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumPayload else { throw .notHTTP2 }
    guard received.count >= Self.headSize + length else { return nil }
    kind = Kind(rawValue: received[3])
    flags = received[4]
    stream = received[5..<9].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
    payload = Array(received[Self.headSize..<Self.headSize + length])
    received.removeFirst(Self.headSize + length)
  }
}

extension UInt32 {
  /// The bytes in network byte order.
  var bigEndianBytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> UInt32($0)) } }
}
