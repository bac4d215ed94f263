import Glibc
import Intercept
import NFTables
import Namespaces
import Netlink
import SystemPackage

package typealias PlanMaker = (Planner) throws(PlanError) -> Plan

extension InterceptionRules {
  /// Reads, plans, commits and verifies; from the start again if the rules change in between.
  package func carryOut(_ makePlan: PlanMaker) throws(ApplyError) -> ApplyReport {
    let start = ContinuousClock.now
    let (plan, attempts, live) = try carriedOut(makePlan)
    return ApplyReport(
      plan, attempts: attempts, isAlone: live == nil, shadowing: live?.shadowing(plan.wanted) ?? [],
      duration: ContinuousClock.now - start)
  }

  /// - Returns: the plan, the number of plans made, and the rules after it; nil if nf_tables contains nothing besides
  ///   what was installed.
  private func carriedOut(
    _ makePlan: PlanMaker
  ) throws(ApplyError) -> (plan: Plan, attempts: Int, live: LiveRules?) {
    try withConnection { (connection) throws(ApplyError) in
      var attempts = RetryLoop(for: patience)
      while attempts.goOn() {
        guard let live = try readIfStable(&connection) else { continue }
        let plan = try plan(for: live, makePlan)
        if plan.isNothing { return (plan, attempts.count, live) }
        if let first = plan.whileDormant {
          _ = try commit(finished(first, for: live.generation), of: first, on: &connection)
          continue
        }
        let batch = try finished(plan, for: live.generation)
        let created = CreatedObjects(batch)
        if try commit(batch, of: plan, on: &connection) {
          let now = try verify(plan, created, committedFor: live.generation, on: &connection)
          return (plan, attempts.count, now)
        }
      }
      throw .contended(attempts: attempts.count, within: patience)
    }
  }

  func plan(for live: LiveRules, _ makePlan: PlanMaker) throws(ApplyError) -> Plan {
    try mapError(try makePlan(Planner(live)), ApplyError.plan)
  }

  /// The live rules; nil if they kept changing during the read.
  func readIfStable(_ connection: inout KernelConnection) throws(ApplyError) -> LiveRules? {
    do throws(NetlinkError) {
      return try connection.liveRules()
    } catch {
      if case .unstable = error.failure { return nil }
      throw .refused(Refusal(error, namespace))
    }
  }

  /// The live rules, retried while other programs change them.
  func read(_ connection: inout KernelConnection) throws(ApplyError) -> LiveRules {
    var attempts = RetryLoop(for: patience)
    while attempts.goOn() {
      if let live = try readIfStable(&connection) { return live }
    }
    throw .contended(attempts: attempts.count, within: patience)
  }

  /// Commits a batch of a plan; false if the rules have changed since it was made.
  private func commit(
    _ batch: consuming FinishedBatch, of plan: Plan, on connection: inout KernelConnection
  ) throws(ApplyError) -> Bool {
    do throws(BatchError) {
      try connection.commit(batch)
      return true
    } catch {
      if error.isStaleGeneration { return false }
      if error.leavesOutcomeOpen, try rest(of: plan, on: &connection).plan.isNothing { return true }
      throw .refused(refusal(error, of: plan))
    }
  }

  private func finished(_ plan: Plan, for generation: Generation) throws(ApplyError) -> FinishedBatch {
    try mapError(try plan.batch(for: generation).finish(), refused)
  }

  func refused(_ error: NetlinkError) -> ApplyError { .refused(Refusal(error, namespace)) }

  func refusal(_ error: BatchError, of plan: Plan) -> Refusal {
    let labels = Set(error.failures.map(\.object))
    return Refusal(error, namespace, modules: plan.kernelModules(for: labels))
  }

  /// Reads the rules back and throws if any operation is left.
  ///
  /// - Parameter created: the objects of the plan, if it did nothing but create some.
  /// - Returns: the rules; nil if nf_tables contains these objects and no others.
  private func verify(
    _ plan: Plan, _ created: CreatedObjects?, committedFor generation: Generation,
    on connection: inout KernelConnection
  ) throws(ApplyError) -> LiveRules? {
    if let created, (try? connection.contains(exactly: created, in: generation.next)) == true { return nil }
    let (rest, live) = try rest(of: plan, on: &connection)
    if rest.isNothing { return live }
    throw live.generation == generation.next ? .unverified(rest) : .overtaken(rest)
  }

  /// The operations that are left after a commit, and the rules.
  private func rest(
    of plan: Plan, on connection: inout KernelConnection
  ) throws(ApplyError) -> (plan: Plan, live: LiveRules) {
    do throws(ApplyError) {
      let live = try read(&connection)
      let rest = try self.plan(for: live) { (planner) throws(PlanError) in
        try planner.reconcile(plan.wanted)
      }
      return (rest, live)
    } catch .refused(let refusal) {
      throw .uncertain(refusal)
    } catch .contended(let attempts, within: _) {
      let error = NetlinkError("read the rules back", "", .unstable(attempts: attempts))
      throw .uncertain(Refusal(error, namespace))
    }
  }
}

extension Generation {
  /// The generation after one more commit, which is never zero.
  fileprivate var next: Generation {
    Generation(rawValue: rawValue == .max ? 1 : rawValue + 1)
  }
}

extension InterceptionRules {
  /// Runs a body in the namespace with a connection to nf_tables.
  func withConnection<Success>(
    _ body: (inout KernelConnection) throws(ApplyError) -> Success
  ) throws(ApplyError) -> Success {
    try namespace.run(ApplyError.namespace) { () throws(ApplyError) in
      var connection = try open()
      return try body(&connection)
    }
  }

  private func open() throws(ApplyError) -> KernelConnection {
    try mapError(try KernelConnection.open(), refused)
  }
}

/// Attempts at an operation that other programs may make fail: until a deadline, and at least 20, since few fit
/// before it on a busy machine.
package struct RetryLoop {
  private let end: ContinuousClock.Instant
  /// Number of attempts.
  package private(set) var count = 0

  package init(for time: Duration) {
    end = .now + time
  }

  /// Starts the next attempt; false after the last. Before a retry it sleeps for a random, growing time of at most
  /// 20 ms, so that other programs can finish.
  package mutating func goOn() -> Bool {
    guard count < 20 || .now < end else { return false }
    if count > 0 { usleep(UInt32.random(in: 100...UInt32(min(count, 20) * 1000))) }
    count += 1
    return true
  }
}
