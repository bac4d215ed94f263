import NetworkValues
import RuleModel

extension Walk {
  /// Evaluates one hook: its tables by priority, with connection tracking among them.
  mutating func run(_ hook: Hook) throws(Stop) {
    recorder.record(.hook(hook, packet))
    switch hook {
    case .prerouting: try runPrerouting()
    case .output: try runOutput()
    case .input:
      try traverse(.mangle, at: hook)
      try filter(at: hook)
      try runNAT(at: hook)
    case .forward:
      try traverse(.mangle, at: hook)
      try filter(at: hook)
    case .postrouting:
      try traverse(.mangle, at: hook)
      try runNAT(at: hook)
    }
  }

  private mutating func runPrerouting() throws(Stop) {
    try traverse(.raw, at: .prerouting)
    track()
    try traverse(.mangle, at: .prerouting)
    try runNAT(at: .prerouting)
  }

  /// OUTPUT. The tables see the old interface throughout; only POSTROUTING sees the new route.
  private mutating func runOutput() throws(Stop) {
    try traverse(.raw, at: .output)
    track()
    let leaving = packet.outInterface
    let mark = packet.mark
    try traverse(.mangle, at: .output)
    // mangle reroutes packets it has marked, nat packets it has redirected; other tables reroute nothing.
    var interface = packet.mark == mark ? leaving : route
    try runNAT(at: .output)
    if isRedirected { interface = .loopback }
    try filter(at: .output)
    guard interface != leaving, let interface else { return }
    packet.outInterface = interface
    recorder.record(.rerouted(to: interface))
  }

  /// The hook of connection tracking, present if a rule needs it. It skips packets it has seen, such as
  /// those on lo.
  private mutating func track() {
    guard compiled.tracksConnections else { return }
    switch packet.tracking {
    case .none, .template: packet.tracking = packet.state == .invalid ? .none : .tracked
    case .tracked, .untracked: break
    }
  }

  private mutating func filter(at hook: Hook) throws(Stop) {
    try traverse(.filter, at: hook)
    try traverse(.security, at: hook)
  }

  /// Evaluates the base chain of a table at a hook, if there is one.
  private mutating func traverse(_ table: TableName, at hook: Hook) throws(Stop) {
    guard let chain = compiled.entry(table, hook) else { return }
    recorder.record(.table(table, hook))
    guard try run(chain) == .atEnd else { return }
    let policy = compiled.chains[chain].policy
    recorder.record(.policy(policy, table, hook))
    if policy == .drop {
      decidingRule = nil
      throw .dropped
    }
  }

  /// Evaluates nat, which translates destination and source of a connection once each, for its first packet.
  private mutating func runNAT(at hook: Hook) throws(Stop) {
    let isAboutDestination = hook == .prerouting || hook == .output
    if let reason = natSkipReason(isAboutDestination) {
      if compiled.entry(.nat, hook) != nil { recorder.record(.natSkipped(reason)) }
      return
    }
    try traverse(.nat, at: hook)
    if isAboutDestination { hasDestination = true } else { hasSource = true }
  }

  private func natSkipReason(_ isAboutDestination: Bool) -> TraceEvent.NATSkipReason? {
    guard packet.tracking == .tracked else { return .notTracked }
    guard packet.state == .new || packet.state == .related else { return .connectionIsKnown }
    return (isAboutDestination ? hasDestination : hasSource) ? .decidedBefore : nil
  }
}
