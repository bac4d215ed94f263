import CNetfilter
import Netlink

/// A kernel whose answers are an input: messages one after another, each with a netlink header.
///
/// A request is answered with the messages of its kind, made to look like answers to it; a dump ends as the kernel ends
/// it. Bytes that are no message are part of the last answer.
struct ReplyTransport: NetlinkTransport {
  var portID: UInt32 { 0x6be }
  private let messages: [[UInt8]]
  private let rest: [UInt8]
  /// The number between the type of a request and that of its answers.
  private let distance: UInt16
  private var answers: [[UInt8]] = []
  private var requests = 0

  /// Greatest number of requests that are answered.
  private static let mostRequests = 64

  /// - Parameter distance: the type of a request less that of its answers: RTM_GETLINK - RTM_NEWLINK.
  init(_ input: [UInt8], distance: UInt16) {
    var (messages, rest) = ([[UInt8]](), input[...])
    while rest.count >= 16 {
      let length = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      guard length >= 16, length <= rest.count else { break }
      messages.append(Array(rest.prefix(length)))
      rest = rest.dropFirst((length + 3) & ~3)
    }
    (self.messages, self.rest, self.distance) = (messages, Array(rest), distance)
  }

  mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure) {
    requests += 1
    guard requests <= Self.mostRequests else { throw .noReply(milliseconds: 0) }
    let type = UInt16(datagram[4]) | UInt16(datagram[5]) << 8
    let kind = type &- distance
    // The kind is in the low byte; the high one is the subsystem of nfnetlink.
    let matching = messages.filter { UInt16($0[4]) == kind & 0xff || $0[4] == UInt8(NLMSG_ERROR) }
    answers = matching.map {
      answer($0, type: $0[4] == UInt8(NLMSG_ERROR) ? UInt16(NLMSG_ERROR) : kind, datagram)
    }
    if !rest.isEmpty { answers.append(rest) }
    answers.append(answer(Array(repeating: 0, count: 20), type: UInt16(NLMSG_DONE), datagram))
  }

  private func answer(_ message: [UInt8], type: UInt16, _ request: [UInt8]) -> [UInt8] {
    var bytes = message
    bytes.replaceSubrange(0..<2, with: [UInt8(truncatingIfNeeded: bytes.count), UInt8(bytes.count >> 8)])
    bytes.replaceSubrange(2..<6, with: [0, 0, UInt8(type & 0xff), UInt8(type >> 8)])
    bytes.replaceSubrange(8..<12, with: request[8..<12])
    bytes.replaceSubrange(12..<16, with: withUnsafeBytes(of: portID) { Array($0) })
    return bytes
  }

  mutating func receive() throws(NetlinkFailure) -> [UInt8] {
    guard !answers.isEmpty else { throw .noReply(milliseconds: 0) }
    return answers.removeFirst()
  }

  mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure) {}
}
