public import Intercept

extension InterceptionRules {
  /// Has the kernel check what ``apply(_:_:)`` would send, and changes nothing: the batch is sent without its end.
  ///
  /// - Returns: the plan that the kernel would carry out.
  /// - Throws: ``ApplyError/refused(_:)`` where the kernel would refuse.
  @discardableResult
  public func check(_ wanted: [Ruleset], _ mode: Mode = .install) throws(ApplyError) -> Plan {
    let wanted = try self.wanted(wanted)
    return try withConnection { (connection) throws(ApplyError) in
      var attempts = RetryLoop(for: patience)
      while attempts.goOn() {
        let live = try read(&connection)
        let plan = try plan(for: live) { (planner) throws(PlanError) in try planner.plan(wanted, mode) }
        if try check(plan, for: live.generation, on: &connection) { return plan }
      }
      throw .contended(attempts: attempts.count, within: patience)
    }
  }

  private func check(
    _ plan: Plan, for generation: Generation, on connection: inout Connection
  ) throws(ApplyError) -> Bool {
    let batch: FinishedBatch
    do throws(NetlinkError) {
      batch = try plan.batch(for: generation).finishWithoutEnd()
    } catch {
      throw .refused(Refusal(error, namespace))
    }
    do throws(BatchError) {
      try connection.commit(batch)
      return true
    } catch {
      if error.isStaleGeneration { return false }
      throw .refused(refusal(error, of: plan))
    }
  }
}
