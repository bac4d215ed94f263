import Glibc
import Intercept
import KernelTestSupport
import Netfilter
import TestSupport
import Testing

/// Several runs at once, and runs beside other programs: a run that says it is done has had its rules in place, whole
/// and with their routing, and in the end one whole set is there.
@Suite(.enabled(if: canUseKernel))
struct CrowdCampaign {
  private static let optionSets = [
    "", "--native-nftables -o 9999", "-m TPROXY -t 4711", "--native-nftables -m TPROXY -t 4712 -r 99",
    "--redirect-dns --dns-servers 10.96.0.10", "--native-nftables -x 10.0.0.0/8", "--drop-invalid",
    "-m TPROXY -t 4711 -o 9999",
  ]

  @Test(arguments: [2, 8])
  func theSameRulesAllAtOnce(_ count: Int) throws {
    try withNamespace {
      let states = try Self.statesAlone(Self.optionSets.prefix(3))
      for round in 0..<Soak.choose(1, soak: 50) {
        let options = Self.optionSets[round % 3]
        let outcomes = try Self.atOnce((0..<count).map { _ in Tool.apply(options) })
        #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes)")
        #expect(outcomes.filter { $0.output.hasPrefix("done: ") }.count == 1, "\(outcomes)")
        #expect(try KernelState.read() == states[options])
        try Program.require(Tool.clean)
      }
    }
  }

  @Test(arguments: [2, 8])
  func differentRulesAllAtOnce(_ count: Int) throws {
    try withNamespace {
      let optionSets = Self.optionSets.prefix(count)
      let states = try Self.statesAlone(optionSets)
      for _ in 0..<Soak.choose(2, soak: 100) {
        let outcomes = try Self.atOnce(optionSets.shuffled().map { Tool.reconcile($0) })
        #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes)")
        let now = try KernelState.read()
        #expect(states.values.contains(now), "\(now)\n\(outcomes)")
      }
    }
  }

  @Test func differentRulesAllAtOnceOfWhichNoneMayReplaceAnother() throws {
    try withNamespace {
      let states = try Self.statesAlone(Self.optionSets[...])
      for _ in 0..<Soak.choose(1, soak: 50) {
        let outcomes = try Self.atOnce(Self.optionSets.map { Tool.apply($0) })
        let winners = zip(Self.optionSets, outcomes).filter { $1.status == 0 }
        #expect(winners.count == 1, "\(outcomes)")
        #expect(
          outcomes.allSatisfy {
            $0.status == 0 || $0.output.contains("other Istio rules are already installed")
          })
        #expect(try KernelState.read() == winners.first.flatMap { states[$0.0] })
        try Program.require(Tool.clean)
      }
    }
  }

  @Test func besideALoopOfIptablesCommands() throws {
    try withNamespace {
      let rounds = Soak.choose(6, soak: 100)
      let states = try Self.statesAlone(Self.optionSets.prefix(3))
      let loop = try Program(["sh", "-c", Self.foreignCommands])
      for round in 0..<rounds {
        let options = Self.optionSets[round % 3]
        let outcome = try Program.run(Tool.reconcile(options))
        let isThere = try KernelState.read().withoutFilter == states[options]
        #expect(outcome.status == 0 ? isThere : outcome.output.contains("other programs"), "\(outcome)")
      }
      // On a busy machine the loop's first command need not have run yet.
      for _ in 0..<100 where try !Self.hasForeignRule() { usleep(100_000) }
      loop.kill()
      let commands = try loop.finish()
      try Program.require(Tool.reconcile(Self.optionSets[0]))
      #expect(try KernelState.read().withoutFilter == states[Self.optionSets[0]])
      #expect(try Self.hasForeignRule(), "\(commands)")
    }
  }

  private static func hasForeignRule() throws -> Bool {
    try Program.require("iptables-nft", "-S", "INPUT").contains("--dport 1 ")
  }

  /// Appends a rule for good, then others for a moment each, with pauses in which a reader can finish.
  private static let foreignCommands = """
    iptables-nft -A INPUT -p tcp --dport 1 -j ACCEPT
    for port in $(seq 2 10000); do
      iptables-nft -A INPUT -p tcp --dport $port -j ACCEPT
      iptables-nft -D INPUT -p tcp --dport $port -j ACCEPT
      sleep 0.02
    done
    """

  /// The state that each set of options leads to in a namespace without rules; the thread's namespace has
  /// none afterwards.
  private static func statesAlone(_ optionSets: ArraySlice<String>) throws -> [String: KernelState] {
    var states: [String: KernelState] = [:]
    for options in optionSets {
      try Program.require(Tool.apply(options))
      states[options] = try KernelState.read()
      try Program.require(Tool.clean)
    }
    return states
  }

  private static func atOnce(_ commands: [[String]]) throws -> [Outcome] {
    let crowd = try commands.map { try Program($0) }
    return try crowd.map { try $0.finish() }
  }
}

extension KernelState {
  /// Without the table that other programs' rules are in.
  fileprivate var withoutFilter: KernelState {
    let kept = rules.rulesets.map { Ruleset($0.family, tables: $0.tables.filter { $0.name != .filter }) }
    return KernelState(rules: LiveInterception(rulesets: kept, native: rules.native), routing: routing)
  }
}
