import KernelTestSupport
import Netfilter
import Testing

/// The socket at the limits of its buffers.
@Suite(.enabled(if: canUseKernel))
struct SocketLimitTests {
  /// A socket whose buffers are never made larger.
  private struct Cramped: ~Copyable, NetlinkTransport {
    var socket: NetlinkSocket
    var portID: UInt32 { socket.portID }
    mutating func send(_ datagram: [UInt8]) throws(NetlinkFailure) { try socket.send(datagram) }
    mutating func receive() throws(NetlinkFailure) -> [UInt8] { try socket.receive() }
    mutating func reserve(sending bytes: Int, replies: Int) throws(NetlinkFailure) {}
  }

  @Test func lostAnswersAreNotedAndNotWaitedFor() throws {
    let error = try refusal(ofRules: 1500)
    #expect(
      error?.failures.last?.description == """
        cannot read the answers to a batch: the kernel's answers overflowed the receive buffer: \
        the outcome is unknown
        """)
  }

  @Test func aBatchLargerThanTheSendBufferIsRefused() throws {
    let error = try refusal(ofRules: 20_000)
    #expect(
      error?.description == """
        cannot send batch: sending to the kernel failed: \
        the message is larger than the socket's send buffer (EMSGSIZE)
        """)
  }

  @Test func aMissingAnswerIsAnErrorInTheTimeGiven() throws {
    try withNamespace {
      var socket = try NetlinkSocket.open(.netfilter, timeout: 50)
      let start = ContinuousClock.now
      #expect(throws: NetlinkFailure.noReply(milliseconds: 50)) { try socket.receive() }
      #expect(ContinuousClock.now - start < .seconds(5))
    }
  }

  /// The kernel's word on a batch that fails as often as it has rules.
  private func refusal(ofRules count: Int) throws -> BatchError? {
    try withNamespace {
      var connection = NFTablesConnection(over: Cramped(socket: try NetlinkSocket.open(.netfilter)))
      var batch = Batch()
      for _ in 0..<count { try batch.append(RawRule(family: .ip, table: "gone", chain: "c")) }
      return connection.refusal(of: batch.finish())
    }
  }
}
