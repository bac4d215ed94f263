/// One call of gRPC with one request and one answer, on a connection of its own (gRPC over HTTP/2, PROTOCOL-HTTP2.md).
///
/// Header fields of the answer are not decoded: an answer without a message is an error of the runtime.
struct UnaryCall {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let stream: UInt32 = 1
  /// The maximum number of bytes of an answer: that of the kubelet.
  private static let maximumAnswer: UInt32 = 16 << 20

  private let method: String
  private var received: [UInt8] = []
  private var content: [UInt8] = []
  /// The bytes to send first.
  let opening: [UInt8]
  /// The answer's message, once it is complete.
  private(set) var answer: [UInt8]?

  /// - Parameters:
  ///   - method: the name of a method of `runtime.v1.RuntimeService`.
  ///   - message: the request as a Protocol Buffers message.
  init(_ method: String, _ message: [UInt8]) {
    self.method = method
    let window = Self.maximumAnswer.bigEndianBytes
    let frames = [
      // SETTINGS_INITIAL_WINDOW_SIZE: the whole answer fits into the windows of the stream and the connection.
      HTTP2Frame(.settings, [0, 4] + window),
      HTTP2Frame(.windowUpdate, window),
      HTTP2Frame(
        .headers, flags: HTTP2Frame.Flag.endHeaders, stream: Self.stream, Self.headerBlock(method)),
      HTTP2Frame(
        .data, flags: HTTP2Frame.Flag.end, stream: Self.stream,
        [0] + UInt32(message.count).bigEndianBytes + message),
    ]
    opening = Self.preface + frames.flatMap(\.bytes)
  }

  /// The header fields as literals without indexing (RFC 7541, section 6.2.2).
  private static func headerBlock(_ method: String) -> [UInt8] {
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":path", "/runtime.v1.RuntimeService/\(method)"),
      (":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"),
    ]
    return fields.flatMap { name, value in
      [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
    }
  }

  /// Takes received bytes.
  ///
  /// - Returns: the bytes to send for them.
  /// - Throws: `RuntimeProblem` if the call fails.
  mutating func receive(_ bytes: [UInt8]) throws(RuntimeProblem) -> [UInt8] {
    received += bytes
    var reply: [UInt8] = []
    while answer == nil, let frame = try HTTP2Frame(from: &received) { reply += try take(frame) }
    return reply
  }

  private mutating func take(_ frame: HTTP2Frame) throws(RuntimeProblem) -> [UInt8] {
    let isAnswered = frame.flags & HTTP2Frame.Flag.acknowledgement != 0
    switch frame.kind {
    case .settings:
      return isAnswered ? [] : HTTP2Frame(.settings, flags: HTTP2Frame.Flag.acknowledgement).bytes
    case .ping:
      return isAnswered
        ? [] : HTTP2Frame(.ping, flags: HTTP2Frame.Flag.acknowledgement, frame.payload).bytes
    case .reset where frame.stream == Self.stream: throw .refused(method)
    case .goAway: throw .refused(method)
    case .data where frame.stream == Self.stream: try add(frame)
    case .headers where frame.stream == Self.stream: try end(frame)
    case .data, .headers, .reset, .windowUpdate, .continuation, nil: break
    }
    return []
  }

  private mutating func add(_ frame: HTTP2Frame) throws(RuntimeProblem) {
    guard let part = frame.content else { throw .notHTTP2 }
    content += part
    guard content.count >= 5 else { return try end(frame) }
    let length = content[1..<5].reduce(0) { $0 << 8 | UInt32($1) }
    guard content[0] == 0, length <= Self.maximumAnswer else { throw .unreadable(method) }
    if content.count - 5 >= Int(length) { answer = Array(content[5...].prefix(Int(length))) }
    if answer == nil { try end(frame) }
  }

  /// Ends the call with an error if the frame ends the stream.
  private func end(_ frame: HTTP2Frame) throws(RuntimeProblem) {
    if frame.flags & HTTP2Frame.Flag.end != 0 { throw .refused(method) }
  }
}
