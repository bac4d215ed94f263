import Dispatch
import Intercept
import KernelTestSupport
import Netfilter
import SystemPackage
import TestSupport
import Testing

/// Other programs at work on the same tables at the same time.
@Suite(.enabled(if: canUseKernel))
struct ConcurrencyTests {
  private let one = RulesetBuilder.build(Configurations.sidecar)
  private let other = RulesetBuilder.build(Configurations.dns)

  @Test func aPlanThatIsOutOfDateIsMadeAgain() throws {
    try withNamespace { () throws in
      let wanted = try WantedRules(one)
      var plans = 0
      let report = try InterceptionRules().carryOut { (planner) throws(PlanError) in
        plans += 1
        if plans < 3 { Self.disturb() }
        return try planner.install(wanted)
      }
      #expect(plans == 3)
      #expect(report.attempts == 3)
      #expect(try Self.strangers() == 2)
    }
  }

  @Test func whereNoPlanLastsItGivesUpAndHasChangedNothing() throws {
    try withNamespace { () throws in
      let wanted = try WantedRules(one)
      var rules = InterceptionRules()
      rules.patience = .milliseconds(1)
      let error = #expect(throws: ApplyError.self) {
        try rules.carryOut { (planner) throws(PlanError) in
          Self.disturb()
          return try planner.install(wanted)
        }
      }
      #expect(error == .contended(attempts: 20, within: .milliseconds(1)))
      #expect(
        error?.description == """
          other programs keep changing the rules, each time between reading and writing them: \
          gave up after 0.001 seconds and 20 attempts, nothing was changed
          """)
      #expect(try Self.strangers() == 20)
      #expect(try !run("nft", "list", "ruleset").contains("ISTIO"))
    }
  }

  @Test func besideALoopOfIptablesCommandsNothingIsLost() throws {
    try withNamespace { () throws in
      let loop = "for i in $(seq 60); do iptables-nft -A INPUT -p tcp --dport $i -j ACCEPT; sleep 0.01; done"
      try run("sh", "-c", "(\(loop)) >/dev/null 2>&1 &")
      var rounds = 0
      while try Self.strangers() < 60, rounds < 1000 {
        rounds += 1
        do throws(ApplyError) {
          _ = try InterceptionRules().apply(rounds.isMultiple(of: 2) ? other : one, .reconcile)
        } catch {
          // On a busy machine the loop may leave no time for a plan. All else is wrong.
          guard case .contended = error else { throw error }
        }
      }
      _ = try InterceptionRules().apply(one, .reconcile)
      #expect(try Self.strangers() == 60)
      #expect(try InterceptionRules().apply(one, .install).changedAnything == false)
    }
  }

  @Test func appliersOfTheSameRulesAllSucceed() throws {
    try Self.inNamespace { (here) throws in
      let failures = Self.failures(in: here, times: 8) { rules, _ in _ = try rules.apply(one) }
      #expect(failures == [])
      #expect(try InterceptionRules().apply(one).changedAnything == false)
    }
  }

  @Test func appliersOfDifferentRulesLeaveOneWholeSet() throws {
    try Self.inNamespace { (here) throws in
      let failures = Self.failures(in: here, times: 16) { rules, number in
        _ = try rules.apply(number.isMultiple(of: 2) ? one : other, .reconcile)
      }
      #expect(failures.allSatisfy { $0.contains("another program changed them at once") })
      let live = try InterceptionRules().live().rulesets
      #expect(live == one || live == other)
    }
  }

  /// Runs a body in a private namespace, and gives it a name for that which other threads can use.
  private static func inNamespace(_ body: (NetworkNamespace) throws -> Void) throws {
    try withNamespace { () throws in
      let here = try FileDescriptor.open("/proc/thread-self/ns/net", .readOnly)
      try here.closeAfter { try body(.open("/proc/self/fd/\(here.rawValue)")) }
    }
  }

  /// The failures of a body that runs so many times, several at once.
  private static func failures(
    in namespace: NetworkNamespace, times: Int, _ body: @Sendable (InterceptionRules, Int) throws -> Void
  ) -> [String] {
    let failures = Collected()
    DispatchQueue.concurrentPerform(iterations: times) { number in
      do {
        try body(InterceptionRules(in: namespace), number)
      } catch {
        failures.add("\(error)")
      }
    }
    return failures.all
  }

  /// Changes the rules between a planner's reading and its commit.
  private static func disturb() {
    _ = try? run("iptables-nft", "-A", "INPUT", "-p", "tcp", "--dport", "1", "-j", "ACCEPT")
  }

  private static func strangers() throws -> Int {
    var connection = try NFTablesConnection.open()
    return try connection.rules(.ip).filter { $0.table == "filter" }.count
  }
}

/// Texts from several threads.
private final class Collected: @unchecked Sendable {
  private let queue = DispatchQueue(label: "collected")
  private var texts: [String] = []

  func add(_ text: String) { queue.sync { texts.append(text) } }
  var all: [String] { queue.sync { texts } }
}
