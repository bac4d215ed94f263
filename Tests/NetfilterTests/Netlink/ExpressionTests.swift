import Netfilter
import Testing

@testable import NFTables
@testable import Netlink

/// Encoded expressions are decoded to the same values; no kernel involved.
struct ExpressionTests {
  static let expressions: [Expression] = [
    .meta(.load(.mark, into: .r1)),
    .meta(.store(.mark, from: .r2)),
    .payload(.init(base: .network, offset: 16, length: 4, into: .r1)),
    .compare(.init(.r1, .notEqual, Array("eth".utf8))),
    .compare(.init(.r3, .lessOrEqual, [0x1f, 0x90])),
    .range(.init(.r1, from: [0x1f, 0x40], to: [0x1f, 0xa4])),
    .range(.init(.r1, from: [0], to: [1], isInverted: true)),
    .bitwise(.init(.r1, mask: [0xff, 0xf8, 0, 0], into: .r2)),
    .bitwise(.init(.r1, mask: [0xff], xor: [0x10], into: .r1)),
    .byteorder(.init(.toNetwork, .r1, size: 4)),
    .lookup(.init(.r1, in: "ports")),
    .lookup(.init(.r1, in: "ports", isInverted: true)),
    .conntrack(.load(.state, into: .r1)),
    .conntrack(.store(.zone, from: .r1)),
    .counter(.init(packets: 1 << 40, bytes: .max)),
    .immediate(.verdict(.accept)),
    .immediate(.verdict(.drop)),
    .immediate(.verdict(.return)),
    .immediate(.verdict(.continue)),
    .immediate(.verdict(.jump(chain: "ISTIO_OUTPUT"))),
    .immediate(.verdict(.goto(chain: "ISTIO_REDIRECT"))),
    .immediate(.value([0x3a, 0x99], into: .r1)),
    .match(.init("owner", revision: 1, info: Array(0..<24))),
    .target(.init("REDIRECT", revision: 0, info: Array(0..<24))),
    .redirect(.init(port: nil)),
    .redirect(.init(port: .r1, highestPort: .r2, flags: 2)),
    .tproxy(.init(family: .ip6, address: .r1, port: .r2)),
    .tproxy(.init(family: .any, port: .r1)),
    .notrack,
  ]

  @Test(arguments: expressions) func isReadAsWritten(_ expression: Expression) throws {
    #expect(try written([expression])?.expressions == [expression])
  }

  @Test func aRuleIsReadAsWritten() throws {
    let rule = RawRule(
      family: .inet, table: "istio", chain: "output", handle: Handle(rawValue: 7),
      position: Handle(rawValue: 1 << 40), userdata: try RuleComment("why").userdata,
      expressions: Self.expressions)
    var batch = Batch()
    try batch.append(rule)
    #expect(try RawRule(NetlinkMessage.messages(in: batch.finish().bytes)[1]) == rule)
  }

  @Test(arguments: [
    (
      Expression.unknown(.init(name: "limit")),
      "the expression \"limit\" cannot be written back"
    ),
    (.compare(.init(.r1, .equal, [])), "a value of 0 bytes does not fit a register"),
    (
      .compare(.init(.r1, .equal, Array(repeating: 0, count: 65))),
      "a value of 65 bytes does not fit a register"
    ),
    (.immediate(.verdict(.jump(chain: ""))), "a name is empty"),
    (.immediate(.verdict(.jump(chain: "a\0b"))), "the name \"a\0b\" holds a NUL"),
    (
      .match(.init("comment", revision: 0, info: Array(repeating: 0, count: 5000))),
      "an extension's blob of 5000 bytes is too large"
    ),
    (
      .match(.init("a_name_of_more_than_28_letters", revision: 0, info: [])),
      "the name of the extension \"a_name_of_more_than_28_letters\" is too long or holds a NUL"
    ),
  ])
  func whatCannotBeWrittenIsRefused(_ expression: Expression, _ reason: String) {
    let error = #expect(throws: NetlinkError.self) { try written([expression]) }
    #expect(error?.description == "cannot add rule \"ip t c\": \(reason)")
  }

  @Test func aRuleLargerThanAnAttributeIsRefused() {
    let blob = Expression.match(.init("comment", revision: 0, info: Array(repeating: 65, count: 4000)))
    let error = #expect(throws: NetlinkError.self) { try written(Array(repeating: blob, count: 17)) }
    #expect(
      error?.description
        == "cannot add rule \"ip t c\": its attributes are larger than a netlink attribute can be")
  }

  @Test func theProtocolOfARuleIsFound() {
    let load = Expression.meta(.load(.transportProtocol, into: .r1))
    let tcp = Expression.compare(.init(.r1, .equal, [6]))
    let notUDP = Expression.compare(.init(.r1, .notEqual, [17]))
    #expect(RuleCompatibility(impliedBy: [.notrack, load, tcp]) == .init(protocol: 6))
    #expect(RuleCompatibility(impliedBy: [load, notUDP]) == .init(protocol: 17, isInverted: true))
    #expect(RuleCompatibility(impliedBy: [tcp]) == .init(protocol: 0))
  }

  @Test func aCommentIsFoundBehindOtherUserData() throws {
    let comment = try RuleComment("why")
    #expect(RuleComment(userdata: [9, 2, 1, 1] + comment.userdata) == comment)
    #expect(RuleComment(userdata: [9, 2, 1, 1]) == nil)
    #expect(RuleComment(userdata: [0, 200, 65]) == nil)
    #expect(throws: NetlinkFailure.self) { try RuleComment(String(repeating: "x", count: 129)) }
  }

  private func written(_ expressions: [Expression]) throws -> RawRule? {
    var batch = Batch()
    try batch.append(RawRule(family: .ip, table: "t", chain: "c", expressions: expressions))
    return try NetlinkMessage.messages(in: batch.finish().bytes).dropFirst().first.map { try RawRule($0) }
  }
}
