import Dispatch
import KernelTestSupport
import TestSupport
import Testing

/// Connections while the rules change again and again: none fails, none passes the proxy by, none stalls.
@Suite(.enabled(if: canUseKernel))
struct TrafficCampaign {
  /// Options that the rules change between. What the app connects to is captured by both.
  private static let alternations = [
    ["-o 9999", ""],
    ["-x 10.9.0.0/16,2001:db8:9::/48", "-x 192.0.2.0/24 -o 9999,9998 -q 80"],
    ["-m TPROXY -t 4711", "--redirect-dns --dns-servers 10.96.0.10,2001:db8::53"],
    ["--native-nftables -o 9999", "--native-nftables"],
    ["--native-nftables -m TPROXY -t 4711", "--redirect-dns --dns-servers 10.96.0.10,2001:db8::53"],
    ["--native-nftables", ""],
  ]

  @Test(arguments: alternations)
  func connectionsGoOnWhileRulesChange(_ options: [String]) throws {
    let world = try PodWorld()
    let tally = Tally()
    _ = try world.pod.run { try Program.require(Tool.reconcile(options[1])) }
    let clients = PodWorld.servers.flatMap { server in
      Client.Habit.allCases.map { Client(habit: $0, server: server) }
    }
    let group = DispatchGroup()
    world.startServers(group, tally)
    for client in clients { PodWorld.run(in: world.pod, group, tally) { client.run(tally) } }
    let names = clients.map(\.name)
    tally.waitForAll(names)
    let rounds = Soak.choose(14, soak: 200)
    for round in 0..<rounds where tally.failures.isEmpty {
      let outcome = try world.pod.run { try Program.run(Tool.reconcile(options[round % 2])) }
      // It may warn first that the listener on 15001, a part of this test, is not the proxy.
      #expect(outcome.status == 0 && outcome.output.contains("done: "), "\(outcome)")
      tally.waitForAll(names)
    }
    tally.end()
    group.wait()
    let opened = tally.rounds.filter { $0.key.hasPrefix("\(Client.Habit.newConnection)") }
    Soak.report(opened.values.reduce(0, +), "connections", of: "\(options)")
    Soak.report(rounds, "reconciles under connections", of: "\(options)")
    #expect(tally.failures == [])
    #expect(tally.rounds.values.allSatisfy { $0 >= 14 }, "\(tally.rounds)")
  }
}
