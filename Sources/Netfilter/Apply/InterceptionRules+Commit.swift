import Glibc
import Intercept
import SystemPackage

typealias Connection = NFTablesConnection<NetlinkSocket>
typealias PlanMaker = (Planner) throws(PlanError) -> Plan

extension InterceptionRules {
  /// Reads, plans, commits and verifies; from the start again if the rules change in between.
  func carryOut(_ makePlan: PlanMaker) throws(ApplyError) -> ApplyReport {
    try withConnection { (connection) throws(ApplyError) in
      for attempt in 1...Self.attempts {
        let (plan, generation) = try plan(on: &connection, makePlan)
        if plan.isNothing { return ApplyReport(plan, attempts: attempt) }
        if try commit(plan, for: generation, on: &connection) {
          try verify(plan, committedFor: generation, on: &connection)
          return ApplyReport(plan, attempts: attempt)
        }
        Self.pause(after: attempt)
      }
      throw .contended(attempts: Self.attempts)
    }
  }

  func plan(
    on connection: inout Connection, _ makePlan: PlanMaker
  ) throws(ApplyError) -> (plan: Plan, generation: Generation) {
    let live = try read(&connection)
    do throws(PlanError) {
      return (try makePlan(Planner(live)), live.generation)
    } catch {
      throw .plan(error)
    }
  }

  func read(_ connection: inout Connection) throws(ApplyError) -> LiveRules {
    do throws(NetlinkError) {
      return try connection.liveRules()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
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
    let wanted = plan.wanted
    let (rest, now) = try self.plan(on: &connection) { (planner) throws(PlanError) in
      try planner.reconcile(wanted)
    }
    if rest.isNothing { return }
    throw now == generation.next ? .unverified(rest) : .overtaken(rest)
  }

  /// Lets others finish, each time longer and not all in step: at most 20 ms.
  private static func pause(after attempt: Int) {
    usleep(UInt32.random(in: 100...UInt32(min(attempt, 20) * 1000)))
  }
}

extension Generation {
  /// The number after the next commit; zero is left out.
  fileprivate var next: Generation {
    Generation(rawValue: rawValue == .max ? 1 : rawValue + 1)
  }
}
