import Intercept
import Testing

/// Behaviour of the kernel, case by case.
@Suite struct KernelSemanticsTests {
  private static let user = UserID(rawValue: 1337)

  private func matches(_ match: Match?, _ flow: Flow) -> Bool {
    guard let match else { return false }
    let rule = Rule([match], .drop)
    return tracer([.filter: [("OUTPUT", [rule]), ("INPUT", [rule])]]).verdict(of: flow) == .drop
  }

  @Test func aPacketWithoutSocketHasNoOwner() throws {
    var flow = Flow.out("10.0.0.1:80", uid: 1337, gid: 1337)
    let user = try #require(Self.user)
    let group = try #require(GroupID(rawValue: 1337))
    #expect(matches(.owner(OwnerMatch(user: .is(user))), flow))
    #expect(!matches(.owner(OwnerMatch(user: .not(user))), flow))
    flow.owner = nil
    #expect(!matches(.owner(OwnerMatch(user: .is(user))), flow))
    #expect(matches(.owner(OwnerMatch(user: .not(user))), flow))
    let mixed = OwnerMatch(user: .not(ClosedRange(user)), group: .is(ClosedRange(group)))
    #expect(!matches(mixed.map(Match.owner), flow))
  }

  @Test func rangesOfPorts() {
    let range = PortRange(from: 8000, to: 8100)
    func test(_ condition: (PortRange) -> Condition<PortRange>, _ port: String) -> Bool {
      matches(range.map { .tcp(TCPMatch(destination: condition($0))) }, .out("10.0.0.1:\(port)"))
    }
    #expect([7999, 8000, 8100, 8101].map { test({ .is($0) }, "\($0)") } == [false, true, true, false])
    #expect([7999, 8000, 8100, 8101].map { test({ .not($0) }, "\($0)") } == [true, false, false, true])
    #expect(!matches(.udp(UDPMatch()), .out("10.0.0.1:80")))
  }

  @Test func listsOfPorts() {
    let list = [PortRange(80), PortRange(8080)]
    func test(_ side: MultiportMatch.Side, _ ports: Condition<[PortRange]>, _ flow: Flow) -> Bool {
      matches(MultiportMatch(side, ports).map(Match.multiport), flow)
    }
    let flow = Flow(.outbound, to: endpoint("10.0.0.1:443"), port: 8080)
    #expect(test(.source, .is(list), flow))
    #expect(!test(.destination, .is(list), flow))
    #expect(test(.either, .is(list), flow))
    #expect(!test(.either, .not(list), flow))
    #expect(test(.destination, .not(list), flow))
  }

  @Test func interfaces() {
    func test(_ name: String, out: Bool, _ flow: Flow) -> Bool {
      matches(InterfacePattern(name).map { out ? .outInterface(.is($0)) : .inInterface(.is($0)) }, flow)
    }
    let leaving = Flow.out("10.0.0.1:80")
    let coming = Flow.into("10.0.0.1:80")
    #expect(test("eth0", out: true, leaving))
    #expect(test("eth+", out: true, leaving))
    #expect(test("eth0+", out: true, leaving))
    #expect(!test("eth01", out: true, leaving))
    #expect(!test("eth+", out: false, leaving))
    #expect(test("e+", out: false, coming))
    #expect(!test("e+", out: true, coming))
    #expect(matches(.inInterface(.not(.loopback)), leaving))
  }

  @Test func statesBeforeAndAfterTracking() {
    let new = Match.conntrack(ConntrackMatch(state: .is(.new)))
    let invalid = Match.conntrack(ConntrackMatch(state: .is(.invalid)))
    let rules = [Rule([invalid], .mark(MarkTarget(set: 1))), Rule([new], .mark(MarkTarget(set: 2)))]
    let before = tracer([.raw: [("OUTPUT", rules)]])
    let after = tracer([.mangle: [("OUTPUT", rules)]])
    #expect(before.trace(.out("10.0.0.1:80")).packet.mark == 1)
    #expect(after.trace(.out("10.0.0.1:80")).packet.mark == 2)
    var flow = Flow.out("10.0.0.1:80")
    flow.state = .invalid
    #expect(after.trace(flow).packet.mark == 1)
  }

  @Test func filterSeesTheNewDestinationAndTheOldInterface() throws {
    let dropped = Rule(
      [.destination(.is(CIDR(host: .ipv4(IPv4Address(127, 0, 0, 1))))), .outInterface(.not(.loopback))], .drop
    )
    let tracer = tracer([.nat: [("OUTPUT", [Rule([], .redirect(15001))])], .filter: [("OUTPUT", [dropped])]])
    #expect(tracer.verdict(of: .out("10.0.0.1:80")) == .drop)
  }

  @Test func natDecidesOnceAndOthersLookTwice() {
    let tracer = tracer([
      .nat: [("OUTPUT", []), ("PREROUTING", [Rule([], .redirect(15006))])],
      .mangle: [("PREROUTING", [Rule([.inInterface(.is(.loopback))], .mark(MarkTarget(set: 5)))])],
    ])
    let trace = tracer.trace(.out("127.0.0.1:80"))
    #expect(trace.verdict == .accept)
    #expect(trace.packet.mark == 5)
    #expect(tracer.verdict(of: .into("10.0.0.1:80")) == .redirected("10.0.0.1:15006"))
  }

  /// Observed in the kernel: nat's chains see tracked connections only, and nothing enables tracking here.
  @Test func natNeedsConnectionTracking() {
    let dropping = tracer([.nat: [("OUTPUT", [Rule([], .drop)])]])
    #expect(dropping.verdict(of: .out("10.0.0.1:80")) == .accept)
    #expect(dropping.trace(.out("10.0.0.1:80")).events.contains(.natSkipped(.notTracked)))
    let tracking = Rule([.state(StateMatch(.is(.invalid)))], .none)
    let both = tracer([.nat: [("OUTPUT", [Rule([], .drop)])], .filter: [("INPUT", [tracking])]])
    #expect(both.verdict(of: .out("10.0.0.1:80")) == .drop)
  }

  /// The kernel rejects such rules, but a file may contain them.
  @Test func chainsWithoutEndAreGivenUpOn() throws {
    func name(_ number: Int) throws -> ChainName { try #require(ChainName("C\(number)")) }
    let deep = try (0..<50_000).map { Chain(try name($0), rules: [Rule([], .jump(try name($0 + 1)))]) }
    let many = try (0..<14).map { number in
      Chain(try name(number), rules: Array(repeating: Rule([], .jump(try name(number + 1))), count: 20))
    }
    for chains in [deep, many] {
      let output = Chain(ChainName(.output), rules: [Rule([], .jump(try name(0)))])
      let ruleset = Ruleset(.ipv4, tables: [Table(.raw, chains: [output] + chains)])
      #expect(Tracer(ruleset).verdict(of: .out("10.0.0.1:80")) == .unknown)
    }
  }

  @Test func natIsForFirstPackets() {
    var flow = Flow.out("10.0.0.1:80")
    flow.state = .established
    #expect(tracer([.nat: [("OUTPUT", [Rule([], .redirect(15001))])]]).verdict(of: flow) == .accept)
  }

  @Test func connectionMarks() {
    let mask = Mark(rawValue: 0xff)
    var flow = Flow.out("10.0.0.1:80")
    flow.mark = 0x1234
    flow.connectionMark = 0xabcd
    func result(_ target: ConnmarkTarget) -> [Mark] {
      let packet = tracer([.mangle: [("OUTPUT", [Rule([], .connmark(target))])]]).trace(flow).packet
      return [packet.mark, packet.connectionMark]
    }
    #expect(result(.save(packetMask: mask, connectionMask: mask)) == [0x1234, 0xab34])
    #expect(result(.restore(packetMask: mask, connectionMask: mask)) == [0x12cd, 0xabcd])
    #expect(result(.set(MaskedMark(0x1, mask: 0xf))) == [0x1234, 0xabc1])
  }

  @Test func redirectToARangeKeepsAPortWithinAndElseTakesTheFirst() {
    let rule = Rule([], .redirect(RedirectTarget(ports: PortRange(from: 8000, to: 8100))))
    let tracer = tracer([.nat: [("OUTPUT", [rule])]])
    #expect(tracer.verdict(of: .out("10.0.0.1:80")) == .redirected("127.0.0.1:8000"))
    #expect(tracer.verdict(of: .out("10.0.0.1:8050")) == .redirected("127.0.0.1:8050"))
  }
}

extension MarkTarget {
  init(set mark: Mark) { self.init(set: MaskedMark(mark)) }
}
