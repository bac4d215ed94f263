import Netfilter
import Testing

@testable import NFTables
@testable import Netlink

/// Dumps over recorded bytes, whole and damaged.
struct DumpReplayTests {
  @Test func aRuleIsRead() throws {
    var connection = NFTablesConnection(
      over: ReplayTransport(.datagram(Recordings.rule), .datagram(Recordings.done)))
    let rules = try connection.rules()
    #expect(
      rules == [
        RawRule(
          family: .ip, table: "t", chain: "c", handle: Handle(rawValue: 2),
          expressions: [
            .meta(.load(.transportProtocol, into: .r1)), .compare(.init(.r1, .equal, [6])),
            .payload(.init(base: .transport, offset: 2, length: 2, into: .r1)),
            .compare(.init(.r1, .equal, [0, 80])), .counter(.init()), .immediate(.verdict(.accept)),
          ])
      ])
  }

  @Test func answersToOtherRequestsDoNotCount() throws {
    var connection = NFTablesConnection(
      over: ReplayTransport(
        .verbatim(Recordings.rule), .datagram(Recordings.rule), .datagram(Recordings.done)))
    #expect(try connection.rules().count == 1)
  }

  @Test func aDumpThatChangedMeanwhileIsBegunAgain() throws {
    var interrupted = Recordings.rule
    interrupted[6] |= 0x10
    var connection = NFTablesConnection(
      over: ReplayTransport(
        .datagram(interrupted), .datagram(interrupted), .datagram(Recordings.done),
        .datagram(Recordings.rule), .datagram(Recordings.done)))
    #expect(try connection.rules().count == 1)
  }

  @Test func aDumpThatNeverEndsIsAnError() {
    expect("cannot list rules: the kernel did not answer within 5000 ms", .datagram(Recordings.rule))
  }

  @Test func everyTruncationIsAnErrorOrAnUnfinishedDump() {
    for length in 1..<Recordings.rule.count {
      let cut = Array(Recordings.rule.prefix(length))
      #expect(throws: NetlinkError.self) { try rules(.datagram(cut), .datagram(Recordings.done)) }
    }
  }

  /// No byte of an answer, whatever it is, makes the reader leave the datagram or hang.
  @Test func everyChangedByteIsSurvived() {
    for index in Recordings.rule.indices {
      for value in [0, 1, 3, 4, 0x7f, 0x80, 0xff] as [UInt8] {
        var damaged = Recordings.rule
        damaged[index] = value
        _ = try? rules(.datagram(damaged), .datagram(Recordings.done))
      }
    }
  }

  @Test func damageIsNamed() {
    expect(
      "cannot list rules: the kernel's answer is malformed: 7 bytes where a message header should be",
      .datagram([UInt8](repeating: 0, count: 7)))
    expect(
      "cannot list rules: the kernel's answer is malformed: a message of 320 bytes in 319",
      .datagram(Recordings.rule.dropLast()))
    expect(
      "cannot list rules: the kernel's answer is malformed: a message of 15 bytes in 20",
      .datagram([15] + Recordings.done.dropFirst()))
    var attribute = Recordings.rule
    attribute[20] = 3
    expect(
      "cannot list rules: the kernel's answer is malformed: an attribute of 3 bytes in 300",
      .datagram(attribute))
  }

  @Test func trouble() {
    expect(
      "cannot list rules: the kernel's answers overflowed the receive buffer: the outcome is unknown",
      .failure(.repliesLost))
    expect(
      "cannot list rules: the kernel's answer is larger than the receive buffer", .failure(.truncated))
  }

  @Test func anErrorAtTheEndOfADumpIsAnError() {
    let refused = Recordings.done.dropLast(4) + [0xff, 0xff, 0xff, 0xff]
    expect(
      "cannot list rules: not permitted (EPERM)",
      .datagram(Array(refused)))
  }

  private func expect(
    _ text: String, _ answers: ReplayTransport.Answer..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: NetlinkError.self, sourceLocation: sourceLocation) {
      try rules(answers[0])
    }
    #expect(error?.description == text, sourceLocation: sourceLocation)
  }

  @discardableResult
  private func rules(
    _ first: ReplayTransport.Answer, _ second: ReplayTransport.Answer? = nil
  ) throws -> [RawRule] {
    let transport = second.map { ReplayTransport(first, $0) } ?? ReplayTransport(first)
    var connection = NFTablesConnection(over: transport)
    return try connection.rules()
  }
}

extension ReplayTransport.Answer {
  fileprivate static func datagram(_ bytes: ArraySlice<UInt8>) -> Self { .datagram(Array(bytes)) }
}
