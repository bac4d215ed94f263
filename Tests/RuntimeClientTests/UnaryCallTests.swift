import Testing

@testable import RuntimeClient

/// A call of gRPC over HTTP/2, as a container runtime answers it.
struct UnaryCallTests {
  private static let message: [UInt8] = Array("an answer".utf8)

  private func data(_ content: [UInt8], flags: UInt8 = 0) -> HTTP2Frame {
    HTTP2Frame(.data, flags: flags, stream: 1, content)
  }

  private func prefixed(_ message: [UInt8], compressed: UInt8 = 0) -> [UInt8] {
    [compressed] + UInt32(message.count).bigEndianBytes + message
  }

  @Test func theRequestIsOneStream() throws {
    let call = UnaryCall("Version", [7, 8])
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    #expect(call.opening.starts(with: preface))
    var rest = Array(call.opening.dropFirst(preface.count))
    var frames: [HTTP2Frame] = []
    while let frame = try HTTP2Frame(from: &rest) { frames.append(frame) }
    #expect(rest.isEmpty)
    #expect(frames.map(\.kind) == [.settings, .windowUpdate, .headers, .data])
    #expect(frames[2].payload.firstRange(of: Array("/runtime.v1.RuntimeService/Version".utf8)) != nil)
    #expect(frames[3].payload == [0, 0, 0, 0, 2, 7, 8])
    #expect(frames[3].flags == HTTP2Frame.Flag.end)
  }

  @Test(arguments: [1, 2, 3, 5, 9, 1000])
  func anAnswerInPartsIsJoined(size: Int) throws {
    let content = prefixed(Self.message)
    let frames = [
      HTTP2Frame(.settings), HTTP2Frame(.headers, flags: 4, stream: 1, [0x88]), data(Array(content[..<3])),
      data(Array(content[3..<8])), data([2] + content[8...] + [0, 0], flags: HTTP2Frame.Flag.padded),
    ]
    var call = UnaryCall("Version", [])
    var rest = frames.flatMap(\.bytes)[...]
    var replies: [UInt8] = []
    while !rest.isEmpty {
      replies += try call.receive(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(call.answer == Self.message)
    #expect(replies == HTTP2Frame(.settings, flags: 1).bytes)
  }

  @Test func anEmptyMessageIsAnAnswer() throws {
    var call = UnaryCall("ListPodSandbox", [])
    _ = try call.receive(data(prefixed([])).bytes)
    #expect(call.answer == [])
  }

  @Test func pingsAreAnswered() throws {
    var call = UnaryCall("Version", [])
    let reply = try call.receive(HTTP2Frame(.ping, [1, 2, 3, 4, 5, 6, 7, 8]).bytes)
    #expect(reply == HTTP2Frame(.ping, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8]).bytes)
    #expect(try call.receive(HTTP2Frame(.ping, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8]).bytes).isEmpty)
  }

  @Test func anEndWithoutMessageIsARefusal() {
    let ends = [
      HTTP2Frame(.headers, flags: 5, stream: 1, [0x88]), HTTP2Frame(.reset, stream: 1, [0, 0, 0, 8]),
      HTTP2Frame(.goAway, [UInt8](repeating: 0, count: 8)), data([0, 0], flags: HTTP2Frame.Flag.end),
      data([0, 0, 0, 0, 9, 1], flags: HTTP2Frame.Flag.end),
    ]
    for frame in ends {
      var call = UnaryCall("ListPodSandbox", [])
      #expect(throws: RuntimeProblem.refused("ListPodSandbox"), "\(frame)") {
        try call.receive(frame.bytes)
      }
    }
  }

  @Test func wrongContentIsRefused() {
    var compressed = UnaryCall("Version", [])
    #expect(throws: RuntimeProblem.unreadable("Version")) {
      try compressed.receive(data(prefixed([1], compressed: 1)).bytes)
    }
    var tooLong = UnaryCall("Version", [])
    #expect(throws: RuntimeProblem.unreadable("Version")) {
      try tooLong.receive(data([0, 0xff, 0xff, 0xff, 0xff]).bytes)
    }
    var padding = UnaryCall("Version", [])
    #expect(throws: RuntimeProblem.notHTTP2) {
      try padding.receive(data([9, 1], flags: HTTP2Frame.Flag.padded).bytes)
    }
    var text = UnaryCall("Version", [])
    #expect(throws: RuntimeProblem.notHTTP2) { try text.receive(Array("HTTP/1.1 400 Bad Request".utf8)) }
  }
}
