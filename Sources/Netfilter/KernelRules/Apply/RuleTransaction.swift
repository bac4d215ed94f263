import Glibc
import Intercept
import SystemPackage

typealias Connection = NFTablesConnection<NetlinkSocket>
package typealias PlanMaker = (Planner) throws(PlanError) -> Plan

extension InterceptionRules {
  /// Reads, plans, commits and verifies; from the start again if the rules change in between.
  package func carryOut(_ makePlan: PlanMaker) throws(ApplyError) -> ApplyReport {
    let start = ContinuousClock.now
    let (plan, attempts) = try carriedOut(makePlan)
    return ApplyReport(plan, attempts: attempts, duration: ContinuousClock.now - start)
  }

  private func carriedOut(_ makePlan: PlanMaker) throws(ApplyError) -> (plan: Plan, attempts: Int) {
    try withConnection { (connection) throws(ApplyError) in
      var attempts = RetryLoop(for: patience)
      while attempts.goOn() {
        guard let live = try readIfStable(&connection) else { continue }
        let plan = try plan(for: live, makePlan)
        if plan.isNothing { return (plan, attempts.count) }
        if try commit(plan, for: live.generation, on: &connection) {
          try verify(plan, committedFor: live.generation, on: &connection)
          return (plan, attempts.count)
        }
      }
      throw .contended(attempts: attempts.count, within: patience)
    }
  }

  func plan(for live: LiveRules, _ makePlan: PlanMaker) throws(ApplyError) -> Plan {
    do throws(PlanError) {
      return try makePlan(Planner(live))
    } catch {
      throw .plan(error)
    }
  }

  /// The live rules; nil if they kept changing while they were read.
  func readIfStable(_ connection: inout Connection) throws(ApplyError) -> LiveRules? {
    do throws(NetlinkError) {
      return try connection.liveRules()
    } catch {
      if case .unstable = error.failure { return nil }
      throw .refused(Refusal(error, namespace))
    }
  }

  /// The live rules, waiting for a moment of rest.
  func read(_ connection: inout Connection) throws(ApplyError) -> LiveRules {
    var attempts = RetryLoop(for: patience)
    while attempts.goOn() {
      if let live = try readIfStable(&connection) { return live }
    }
    throw .contended(attempts: attempts.count, within: patience)
  }

  /// Sends a plan; false if the rules are no longer those that it was made for.
  private func commit(
    _ plan: Plan, for generation: Generation, on connection: inout Connection
  ) throws(ApplyError) -> Bool {
    let batch = try finished(plan, for: generation)
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
    do throws(NetlinkError) {
      return try plan.batch(for: generation).finish()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
  }

  func refusal(_ error: BatchError, of plan: Plan) -> Refusal {
    let labels = Set(error.failures.map(\.object))
    return Refusal(error, namespace, modules: plan.kernelModules(for: labels))
  }

  /// Reads back what was committed. Nothing may be left to set right.
  private func verify(
    _ plan: Plan, committedFor generation: Generation, on connection: inout Connection
  ) throws(ApplyError) {
    let (rest, now) = try rest(of: plan, on: &connection)
    if rest.isNothing { return }
    throw now == generation.next ? .unverified(rest) : .overtaken(rest)
  }

  /// What is left to do after a plan was sent.
  private func rest(
    of plan: Plan, on connection: inout Connection
  ) throws(ApplyError) -> (plan: Plan, generation: Generation) {
    do throws(ApplyError) {
      let live = try read(&connection)
      let rest = try self.plan(for: live) { (planner) throws(PlanError) in
        try planner.reconcile(plan.wanted)
      }
      return (rest, live.generation)
    } catch .refused(let refusal) {
      throw .uncertain(refusal)
    } catch .contended(let attempts, within: _) {
      let error = NetlinkError("read the rules back", "", .unstable(attempts: attempts))
      throw .uncertain(Refusal(error, namespace))
    }
  }
}

extension Generation {
  /// The number after the next commit; zero is left out.
  fileprivate var next: Generation {
    Generation(rawValue: rawValue == .max ? 1 : rawValue + 1)
  }
}

extension InterceptionRules {
  /// Runs a body with a connection to nf_tables in the namespace.
  func withConnection<Success>(
    _ body: (inout Connection) throws(ApplyError) -> Success
  ) throws(ApplyError) -> Success {
    let outcome: Result<Success, ApplyError>
    do {
      outcome = try namespace.run {
        do throws(ApplyError) {
          var connection = try open()
          return .success(try body(&connection))
        } catch {
          return .failure(error)
        }
      }
    } catch let error as NamespaceError {
      throw .namespace(error)
    } catch {
      throw .thread(error as? Errno ?? .ioError)
    }
    return try outcome.get()
  }

  private func open() throws(ApplyError) -> Connection {
    do throws(NetlinkError) {
      return try .open()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
  }
}

/// How often something is tried that other programs keep from succeeding: for a while, and on a busy machine, where
/// little happens in a while, some times at least.
struct RetryLoop {
  private let end: ContinuousClock.Instant
  /// How many were made.
  private(set) var count = 0

  init(for time: Duration) {
    end = .now + time
  }

  /// Whether to try, for the first time or again. Before the next attempt others may finish: each time longer and
  /// not all in step, at most 20 ms.
  mutating func goOn() -> Bool {
    guard count < 20 || .now < end else { return false }
    if count > 0 { usleep(UInt32.random(in: 100...UInt32(min(count, 20) * 1000))) }
    count += 1
    return true
  }
}
