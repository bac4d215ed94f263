import Inspection
import Intercept
import TestSupport
import Testing

/// Connections joined from sockets, conntrack entries and rules.
struct ConnectionTests {
  private static let app = ListeningSocket.Process(id: 10, name: "app")
  private static let envoy = ListeningSocket.Process(id: 20, name: "envoy")

  private static func user(_ id: UInt32) -> UserID? { UserID(rawValue: id) }

  private static func end(_ text: String) throws -> Endpoint { try #require(Endpoint(text)) }

  /// A pod at 10.0.0.2 with the rules of `configuration`.
  private static func rules(_ configuration: Configuration) throws -> CurrentRules {
    let own = try #require(IPAddress("10.0.0.2"))
    return CurrentRules(
      RulesetBuilder.build(configuration), configuration, in: HostContext(ownAddresses: [own]))
  }

  private static let sidecar: Configuration = {
    var configuration = Configuration()
    configuration.outboundCIDRs = .all
    configuration.inboundPorts = .all(except: [PortRange(15021 as Port)])
    configuration.excludedOutboundPorts = [PortRange(5432 as Port)]
    return configuration
  }()

  private static func listeners() throws -> [ListeningSocket] {
    let any = try #require(IPAddress("0.0.0.0"))
    return [15001, 15006, 15021].map {
      ListeningSocket(.tcp, any, $0, of: user(1337), processes: [envoy])
    } + [ListeningSocket(.tcp, any, 8080, of: user(1000), processes: [app])]
  }

  private static let processes = [
    NamespaceProcess(
      id: 10, name: "app", user: UserID("1000") ?? .defaultProxy, group: GroupID("1000") ?? .defaultProxy),
    NamespaceProcess(id: 20, name: "envoy", user: .defaultProxy, group: .defaultProxy),
    NamespaceProcess(id: 30, name: "curl", user: .defaultProxy, group: .defaultProxy),
  ]

  private static func report(
    _ sockets: [ConnectedSocket], _ entries: [ConntrackEntry] = [], _ configuration: Configuration = sidecar
  ) throws -> [PodConnection] {
    try ConnectionReport(sockets, entries, listeners(), processes, rules(configuration)).connections
  }

  private static func socket(
    _ local: String, _ remote: String, _ process: ListeningSocket.Process, _ id: UInt32
  ) throws -> ConnectedSocket {
    ConnectedSocket(local: try end(local), remote: try end(remote), of: user(id), processes: [process])
  }

  private static func entry(
    _ source: String, _ destination: String, redirectedTo end: String? = nil, _ proto: IPProtocol = .tcp
  ) throws -> ConntrackEntry {
    let original = ConntrackTuple(proto, from: try Self.end(source), to: try Self.end(destination))
    let reply = try end.map { ConntrackTuple(proto, from: try Self.end($0), to: original.source) }
    return ConntrackEntry(original, reply: reply, status: [.seenReply])
  }

  @Test func bothSocketsOfARedirectedConnectionAreOne() throws {
    let found = try Self.report(
      [
        Self.socket("127.0.0.1:15001", "10.0.0.2:40000", Self.envoy, 1337),
        Self.socket("10.0.0.2:40000", "10.1.0.9:80", Self.app, 1000),
      ], [Self.entry("10.0.0.2:40000", "10.1.0.9:80", redirectedTo: "127.0.0.1:15001")])
    let connection = try #require(found.first)
    #expect(found.count == 1)
    #expect(connection.direction == .outbound && connection.processes == [Self.app])
    #expect(connection.path == .redirected(to: try Self.end("127.0.0.1:15001")))
    #expect(connection.acceptor?.processes == [Self.envoy])
    #expect(connection.bypass == nil && connection.today?.port == 15001)
  }

  @Test func anInboundConnectionHasItsOriginalDestination() throws {
    let found = try Self.report(
      [Self.socket("10.0.0.2:15006", "10.9.9.9:5555", Self.envoy, 1337)],
      [Self.entry("10.9.9.9:5555", "10.0.0.2:8080", redirectedTo: "10.0.0.2:15006")])
    #expect(found.map(\.direction) == [.inbound])
    #expect(found.map(\.destination) == [try Self.end("10.0.0.2:8080")])
    #expect(found.map(\.path.word) == ["redirect"])
  }

  /// The reason of each connection that goes past the proxy.
  @Test(arguments: [
    ("10.0.0.2:40000", "10.1.0.9:80", app, 1000 as UInt32, BypassReason.madeBeforeRules as BypassReason?),
    ("10.0.0.2:40000", "10.1.0.9:5432", app, 1000, .excludedPort),
    ("10.0.0.2:40000", "10.1.0.9:80", .init(id: 30, name: "curl"), 1337, .proxyUser),
    ("10.0.0.2:40000", "10.1.0.9:80", envoy, 1337, nil),
    ("10.0.0.2:40000", "10.0.0.2:8080", app, 1000, nil),
    ("127.0.0.1:40000", "127.0.0.1:9", app, 1000, nil),
    ("[fd00::2]:40000", "[fd00::9]:80", app, 1000, .familyNotCaptured),
    ("10.0.0.2:8080", "10.9.9.9:5555", app, 1000, .madeBeforeRules),
    ("10.0.0.2:15021", "10.9.9.9:5555", envoy, 1337, nil),
  ])
  func theReasonOfABypass(
    _ local: String, _ remote: String, _ process: ListeningSocket.Process, _ user: UInt32,
    _ reason: BypassReason?
  ) throws {
    let found = try Self.report([Self.socket(local, remote, process, user)])
    #expect(found.map(\.bypass) == [reason])
    #expect(found.map(\.path.word) == ["accept"])
  }

  @Test func destinationsThatNoRuleCapturesAreNotIncluded() throws {
    var configuration = Self.sidecar
    configuration.outboundCIDRs = .only([try #require(WrittenCIDR("10.96.0.0/12"))])
    let found = try Self.report(
      [Self.socket("10.0.0.2:40000", "192.0.2.1:80", Self.app, 1000)], [], configuration)
    #expect(found.map(\.bypass) == [.notIncluded])
  }

  @Test func excludedDestinationsAreNamed() throws {
    var configuration = Self.sidecar
    configuration.excludedOutboundCIDRs = [try #require(CIDR("192.0.2.0/24"))]
    let found = try Self.report(
      [Self.socket("10.0.0.2:40000", "192.0.2.1:80", Self.app, 1000)], [], configuration)
    #expect(found.map(\.bypass) == [.excludedDestination])
    #expect(found.first?.today?.decision != nil)
  }

  @Test func capturedUDPIsListedAndOtherUDPIsNot() throws {
    let found = try Self.report(
      [],
      [
        Self.entry("10.0.0.2:40000", "10.96.0.10:53", redirectedTo: "127.0.0.1:15053", .udp),
        Self.entry("10.0.0.2:40001", "10.96.0.10:123", .udp),
      ])
    #expect(found.map(\.destination.port) == [53])
    #expect(found.map(\.path.word) == ["redirect"])
  }

  @Test func filtersCombine() throws {
    let connections = try Self.report([
      Self.socket("10.0.0.2:40000", "10.1.0.9:80", Self.app, 1000),
      Self.socket("10.0.0.2:40001", "10.1.0.9:443", Self.envoy, 1337),
    ])
    func count(_ change: (inout ConnectionFilter) -> Void) -> Int {
      var filter = ConnectionFilter()
      change(&filter)
      return connections.count(where: filter.accepts)
    }
    #expect(count { _ in } == 2)
    #expect(count { $0.port = 80 } == 1)
    #expect(count { $0.destination = CIDR("10.1.0.0/16") } == 2)
    #expect(count { $0.destination = CIDR("10.2.0.0/16") } == 0)
    #expect(count { $0.user = UserID("1337") } == 1)
    #expect(count { $0.process = "app" } == 1)
    #expect(count { $0.verdict = "bypass" } == 1)
    #expect(count { $0.verdict = "accept" } == 2)
    #expect(count { $0.verdict = "redirect" } == 0)
    #expect(
      count {
        $0.port = 80; $0.user = UserID("1337")
      } == 0)
  }

  /// Random sets of connections: each socket is in exactly one connection, whatever the order.
  @Test func everySocketIsInOneConnection() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      var sockets: [ConnectedSocket] = []
      var entries: [ConntrackEntry] = []
      for number in 0..<Int.random(in: 1...30, using: &random) {
        let source = "10.0.0.2:\(40000 + number)"
        let destination = "10.1.0.\(Int.random(in: 1...5, using: &random)):80"
        sockets.append(try Self.socket(source, destination, Self.app, 1000))
        guard random.chance(60) else { continue }
        entries.append(try Self.entry(source, destination, redirectedTo: "127.0.0.1:15001"))
        if random.chance(80) {
          sockets.append(try Self.socket("127.0.0.1:15001", source, Self.envoy, 1337))
        }
      }
      sockets.shuffle(using: &random)
      entries.shuffle(using: &random)
      let found = try Self.report(sockets, entries)
      let joined = found.flatMap { [$0.initiator, $0.acceptor].compactMap(\.self) }
      #expect(joined.count == sockets.count && Set(joined) == Set(sockets))
      #expect(found.count == sockets.count { $0.processes == [Self.app] })
      #expect(found.count { $0.path.word == "redirect" } == entries.count)
    }
  }
}
