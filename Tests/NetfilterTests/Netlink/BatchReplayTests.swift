import Netfilter
import SystemPackage
import Testing

@testable import NFTables
@testable import Netlink

/// The answers to a batch, over recorded bytes.
struct BatchReplayTests {
  @Test func aBatchIsTheseBytes() throws {
    let begin = "140000001000010064000000000000000000000a"
    let rule = "28000000060a050c650000000000000002000000 0600010074000000 09000200676f6e6500000000"
    let end = "140000001100010066000000000000000000000a"
    #expect(try batch().bytes == [UInt8](hex: begin + rule + end))
  }

  @Test func theGenerationGoesWithTheOpeningMessage() {
    let batch = Batch(for: Generation(rawValue: 0x0102), firstSequence: 100).finishWithoutEnd()
    let begin = "1c0000001000050064000000000000000000000a 0800010000000102"
    #expect(batch.bytes == [UInt8](hex: begin))
  }

  @Test func successNeedsProof() throws {
    #expect(try refusal(.verbatim(Recordings.success)) == nil)
    #expect(try refusal() == "cannot read the answers to a batch: the kernel did not answer within 5000 ms")
  }

  @Test func aRefusalNamesTheObjectAndTheCulprit() throws {
    #expect(
      try refusal(.verbatim(Recordings.missingChain))
        == "cannot add rule \"-A gone\": an object that it names does not exist (ENOENT); at \"gone\"")
  }

  @Test func theKernelsWordsAreRepeated() throws {
    var answer = Recordings.missingChain
    answer[0] = 60
    answer += [16, 0, 1, 0] + Array("No such one\0".utf8)
    #expect(
      try refusal(.verbatim(answer)) == """
        cannot add rule "-A gone": an object that it names does not exist (ENOENT); \
        kernel message: No such one at "gone"
        """)
  }

  @Test func anOffsetOutsideTheMessageIsOnlyANumber() throws {
    var answer = Recordings.missingChain
    answer[40...43] = [0xff, 0xff, 0xff, 0xff]
    #expect(try refusal(.verbatim(answer))?.hasSuffix("at byte 4294967295 of the message") == true)
  }

  @Test func lostAnswersAreNotSuccess() throws {
    #expect(
      try refusal(.failure(.repliesLost), .verbatim(Recordings.success)) == """
        cannot read the answers to a batch: the kernel's answers overflowed the receive buffer: \
        the outcome is unknown
        """)
  }

  @Test func answersToOtherRequestsDoNotCount() throws {
    var other = Recordings.success
    other[8] = 0x42
    #expect(try refusal(.verbatim(other), .verbatim(Recordings.success)) == nil)
    var toAnother = Recordings.success
    toAnother[12] = 0x42
    #expect(try refusal(.verbatim(toAnother))?.hasSuffix("did not answer within 5000 ms") == true)
    #expect(try refusal(.verbatim(other))?.hasSuffix("did not answer within 5000 ms") == true)
  }

  @Test func aRefusalOfTheOpeningMessageEndsTheWait() throws {
    var stale = Recordings.success
    stale[8] = 100
    stale[16...19] = [0xab, 0xff, 0xff, 0xff]
    #expect(
      try refusal(.verbatim(stale))
        == "cannot begin batch: another program has changed the rule set meanwhile (ERESTART)")
  }

  @Test func everyTruncationIsAnError() throws {
    for length in 0..<Recordings.missingChain.count {
      let cut = Array(Recordings.missingChain.prefix(length))
      #expect(try refusal(.verbatim(cut))?.hasPrefix("cannot read the answers to a batch: ") == true)
    }
  }

  private func batch() throws -> FinishedBatch {
    var batch = Batch(firstSequence: 100)
    try batch.append(RawRule(family: .ip, table: "t", chain: "gone"), label: { "-A gone" })
    return batch.finish()
  }

  private func refusal(_ answers: ReplayTransport.Answer...) throws -> String? {
    var transport = ReplayTransport()
    transport.answers = answers
    var connection = NFTablesConnection(over: transport)
    return connection.refusal(of: try batch())?.description
  }
}
