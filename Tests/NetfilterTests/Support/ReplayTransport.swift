@testable import Netlink

/// A recording of the kernel: gives back prepared datagrams, and keeps what was sent.
struct ReplayTransport: NetlinkTransport {
  var portID: UInt32 { 0x6be }
  private(set) var sent: [[UInt8]] = []
  var answers: [Answer]

  /// The result of a receive.
  enum Answer {
    /// A datagram whose messages are given the sequence number of the request last sent.
    case datagram([UInt8])
    /// A datagram as it is.
    case verbatim([UInt8])
    case failure(NetlinkFailure)
  }

  init(_ answers: Answer...) { self.answers = answers }

  mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure) { sent.append(datagram) }

  mutating func receive() throws(NetlinkFailure) -> [UInt8] {
    guard !answers.isEmpty else { throw .noReply(milliseconds: 5000) }
    switch answers.removeFirst() {
    case .datagram(let bytes): return bytes.answering(sent.last ?? [])
    case .verbatim(let bytes): return bytes
    case .failure(let failure): throw failure
    }
  }

  mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure) {}
}

extension [UInt8] {
  /// Bytes from hexadecimal text; blanks and line breaks do not count.
  init(hex: String) {
    let digits = hex.compactMap(\.hexDigitValue)
    self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// The same messages with the sequence number of a request, as far as their lengths can be followed.
  fileprivate func answering(_ request: [UInt8]) -> [UInt8] {
    var bytes = self
    var start = 0
    while start + 16 <= bytes.count, request.count >= 12 {
      bytes.replaceSubrange(start + 8..<start + 12, with: request[8..<12])
      let length = Int(bytes[start]) | Int(bytes[start + 1]) << 8
      start += Swift.max(length.netlinkAligned, 16)
    }
    return bytes
  }
}
