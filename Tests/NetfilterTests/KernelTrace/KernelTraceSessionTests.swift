import CNetfilter
import Glibc
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// The table that a session installs in the kernel, and the events that it reports.
@Suite(.enabled(if: canUseKernel))
struct KernelWatchTests {
  private static func flow(_ port: Port = 8080, _ proto: IPProtocol = .udp) -> Flow {
    Flow(
      .outbound, proto, to: Endpoint(.ipv4(IPv4Address(127, 0, 0, 1)), port),
      owner: SocketOwner(user: .defaultProxy, group: .defaultProxy))
  }

  private static func tables() throws -> [RawTable] {
    var connection = try NFTablesConnection.open()
    return try connection.tables()
  }

  @Test func theTableIsThereAsLongAsTheWatch() throws {
    try withNamespace {
      try Iptables.restore(RulesetBuilder.build(Configurations.sidecar))
      let (before, rules) = (try Self.tables(), try run("nft", "list", "ruleset"))
      do {
        let watch = try KernelTraceSession.begin(TracedConnection(Self.flow()))
        let mine = try Self.tables().filter { !before.contains($0) }
        #expect(mine.count == 1 && mine[0].name.hasPrefix("istio-iptables-trace-\(getpid())-"))
        #expect(mine.map(\.flags) == [UInt32(NFT_TABLE_F_OWNER.rawValue)])
        #expect(try run("nft", "list", "ruleset").hasPrefix(rules))
        _ = consume watch
      }
      // Another test may be starting a program, which has the socket until it is one.
      for _ in 0..<100 where try Self.tables() != before { usleep(50_000) }
      #expect(try Self.tables() == before)
    }
  }

  @Test func onlySelectedConnectionsAreReportedOnce() throws {
    try withNamespace {
      var watch = try KernelTraceSession.begin(TracedConnection(Self.flow(), user: .defaultProxy))
      var others = Self.flow()
      others.owner = SocketOwner.numbered(1000, 1000)
      for flow in [others, Self.flow(8081), Self.flow(), Self.flow()] { _ = try FlowSocket.open(flow) }
      let traces = [try watch.nextTrace(), try watch.nextTrace()]
      #expect(Set(traces.map { $0.first?.source.port }).count == 2)
      #expect(traces.allSatisfy { $0.first?.destination.port == 8080 && $0.isComplete })
      #expect(try watch.next(by: .now + .milliseconds(50)) == .timeout)
    }
  }

  @Test func rulesThatChangeMeanwhileAreReadAgain() throws {
    try withNamespace {
      var watch = try KernelTraceSession.begin(TracedConnection(Self.flow()))
      try run("iptables-nft", "-A", "OUTPUT", "-p", "udp", "--dport", "8080", "-j", "DROP")
      _ = try? FlowSocket.open(Self.flow())
      let trace = Trace(try watch.nextTrace(), of: Self.flow())
      #expect(trace.verdict == .drop)
      #expect(trace.decision?.rule.text == "-p udp -m udp --dport 8080 -j DROP")
    }
  }

  @Test func rulesOfOtherTablesHaveTheirComments() throws {
    try withNamespace {
      try run(
        "nft", "-f", "-",
        input: """
          add table inet firewall
          add chain inet firewall out { type filter hook output priority 10; policy accept; }
          add chain inet firewall more
          add rule inet firewall out udp dport 8080 jump more
          add rule inet firewall more counter drop comment "not on my watch"
          """)
      var watch = try KernelTraceSession.begin(TracedConnection(Self.flow()))
      _ = try? FlowSocket.open(Self.flow())
      let trace = Trace(try watch.nextTrace(), of: Self.flow())
      #expect(trace.verdict == .drop)
      #expect(
        trace.text().contains(
          """
            inet firewall out
                 udp dport 8080 jump more
                 yes: jump to more
            inet firewall more
                 counter drop
                 yes: DROP
                 (not on my watch)

          dropped by the rule of more in inet firewall, counter drop

          """), "\(trace.text())")
    }
  }
}

extension SocketOwner {
  fileprivate static func numbered(_ user: UInt32, _ group: UInt32) -> SocketOwner? {
    guard let user = UserID(rawValue: user), let group = GroupID(rawValue: group) else { return nil }
    return SocketOwner(user: user, group: group)
  }
}
