import Intercept
import Netfilter
import Testing

/// Single rules, written and read: the corners that no configuration reaches.
struct RuleCodecTests {
  private static func read(_ expressions: [Expression], _ family: IPFamily = .ipv4) -> String {
    Rule(RawRule(family: .ip, table: "nat", chain: "C", expressions: expressions), family).iptablesText
  }

  private static let tcp: [Expression] = [
    .meta(.load(.transportProtocol, into: .r1)), .compare(.init(.r1, .equal, [6])),
  ]

  private static func port(_ offset: UInt32) -> Expression {
    .payload(.init(base: .transport, offset: offset, length: 2, into: .r1))
  }

  @Test func theOrderOfLaterReleasesIsRead() {
    let expressions: [Expression] = [
      .payload(.init(base: .network, offset: 16, length: 4, into: .r1)),
      .compare(.init(.r1, .equal, [10, 0, 0, 1])),
      .meta(.load(.inputInterfaceName, into: .r1)), .compare(.init(.r1, .equal, Array("lo\0".utf8))),
      .payload(.init(base: .network, offset: 9, length: 1, into: .r1)), .compare(.init(.r1, .equal, [6])),
      Self.port(2), .compare(.init(.r1, .equal, [0, 80])),
      .counter(.init(packets: 3, bytes: 180)), .immediate(.verdict(.return)),
    ]
    #expect(Self.read(expressions) == "-d 10.0.0.1/32 -i lo -p tcp -m tcp --dport 80 -j RETURN")
  }

  @Test func comparisonsThatOnlyOthersWriteAreRead() {
    let cases: [(CompareExpression.Operation, String)] = [
      (.less, "0:79"), (.lessOrEqual, "0:80"), (.greater, "81:65535"), (.greaterOrEqual, "80:65535"),
    ]
    for (operation, ports) in cases {
      let expressions = Self.tcp + [Self.port(0), .compare(.init(.r1, operation, [0, 80]))]
      #expect(Self.read(expressions) == "-p tcp -m tcp --sport \(ports)")
    }
  }

  @Test func bothPortsAreOneMatchHoweverTheyAreWritten() {
    let apart = [
      Self.port(2), .compare(.init(.r1, .equal, [0, 80])), Self.port(0),
      .compare(.init(.r1, .notEqual, [0, 81])),
    ]
    #expect(Self.read(Self.tcp + apart) == "-p tcp -m tcp ! --sport 81 --dport 80")
    let together: [Expression] = [
      .payload(.init(base: .transport, offset: 0, length: 4, into: .r1)),
      .compare(.init(.r1, .equal, [0, 81, 0, 80])),
    ]
    #expect(Self.read(Self.tcp + together) == "-p tcp -m tcp --sport 81 --dport 80")
  }

  @Test func whatIsNotModelledIsKeptAsText() {
    let lookup = [Self.port(2), .lookup(.init(.r1, in: "__set0"))]
    #expect(
      Self.read(Self.tcp + lookup + [.immediate(.verdict(.accept))])
        == "-p tcp [payload 2b @ 2 + 2 => 1] [lookup 1 @__set0] -j ACCEPT")
    let statistic = Expression.match(XtExtension("statistic", revision: 0, info: [1, 0, 255]))
    #expect(Self.read([statistic, .counter(.init())]) == "-m statistic [3 bytes, checksum 42ca9b01]")
    let log = Expression.unknown(UnknownExpression(name: "log", data: [8]))
    #expect(Self.read([.counter(.init()), log]) == "-j [log 0x08]")
    #expect(Self.read([.immediate(.verdict(.jump(chain: "has blank")))]) == "-j has blank")
  }

  @Test func portsWithoutAProtocolAreNotGuessed() {
    #expect(
      Self.read([Self.port(2), .compare(.init(.r1, .equal, [0, 80]))])
        == "[payload 2b @ 2 + 2 => 1] [cmp 1 op 0 0x0050]")
  }

  @Test func aMaskWithHolesIsNoBlock() {
    let expressions: [Expression] = [
      .payload(.init(base: .network, offset: 12, length: 4, into: .r1)),
      .bitwise(.init(.r1, mask: [255, 0, 255, 0], into: .r1)), .compare(.init(.r1, .equal, [10, 0, 1, 0])),
    ]
    #expect(Self.read(expressions) == "-s 10.0.1.0/255.0.255.0")
  }

  @Test func aCommentBesideTheExpressionsIsRead() throws {
    let raw = RawRule(
      family: .ip, table: "nat", chain: "C", userdata: try RuleComment("by hand").userdata,
      expressions: [.immediate(.verdict(.accept))])
    #expect(Rule(raw, .ipv4).iptablesText == "-m comment --comment \"by hand\" -j ACCEPT")
  }

  @Test func whatCanNeverBeInTheKernelIsRefused() throws {
    let everywhere = try #require(CIDR("0.0.0.0/0"))
    let elsewhere = try #require(CIDR("::1/128"))
    let anyPort = PortRange(from: 0, to: 65535)
    let cases: [(Rule, String)] = [
      (Rule([.destination(.not(everywhere))], .accept), "\"! 0.0.0.0/0\" matches no packet at all"),
      (Rule([.source(.is(elsewhere))], .accept), "\"::1/128\" is no IPv4 block"),
      (Rule([.tcp(TCPMatch())], .accept), "\"-m tcp\" needs -p tcp"),
      (Rule([.proto(.not(.tcp)), .tcp(TCPMatch())], .accept), "\"-m tcp\" needs -p tcp"),
      (
        Rule([.proto(.is(.udp)), .udp(UDPMatch(source: anyPort.map { .not($0) }))], .accept),
        "\"! 0:65535\" matches no packet at all"
      ),
      (Rule([], .opaque(OpaqueTarget("LOG"))), "\"-j LOG\" is known as text only"),
    ]
    for (rule, reason) in cases {
      let error = #expect(throws: RuleEncodingError.self) { try rule.encoded(.ipv4) }
      #expect(error?.description == "cannot write rule \"\(rule.iptablesText)\": \(reason)")
    }
  }

  @Test func theProtocolIsNotedBesideTheExpressions() throws {
    let compatibility = { (rule: Rule) in try rule.encoded(.ipv4).compatibility }
    #expect(try compatibility(Rule([.proto(.is(.tcp))], .accept)) == RuleCompatibility(protocol: 6))
    #expect(
      try compatibility(Rule([.proto(.not(.udp))], .accept))
        == RuleCompatibility(protocol: 17, isInverted: true))
    #expect(try compatibility(Rule([], .accept)) == RuleCompatibility(protocol: 0))
  }
}
