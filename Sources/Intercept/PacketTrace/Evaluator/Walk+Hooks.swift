import NetworkValues
import RuleModel

extension Walk {
  /// Goes through one hook: the tables in the order of their priorities, and connection tracking among them.
  mutating func pass(_ hook: Hook) throws(Stop) {
    recorder.record(.hook(hook, packet))
    switch hook {
    case .prerouting: try passPrerouting()
    case .output: try passOutput()
    case .input:
      try ask(.mangle, at: hook)
      try filter(at: hook)
      try translate(at: hook)
    case .forward:
      try ask(.mangle, at: hook)
      try filter(at: hook)
    case .postrouting:
      try ask(.mangle, at: hook)
      try translate(at: hook)
    }
  }

  private mutating func passPrerouting() throws(Stop) {
    try ask(.raw, at: .prerouting)
    track()
    try ask(.mangle, at: .prerouting)
    try translate(at: .prerouting)
  }

  /// The interface that filter sees is still the one the packet came to the hook with: only POSTROUTING learns of
  /// the new route.
  private mutating func passOutput() throws(Stop) {
    try ask(.raw, at: .output)
    track()
    let leaving = packet.outInterface
    let mark = packet.mark
    try ask(.mangle, at: .output)
    // mangle routes anew what it has marked, nat what it has sent elsewhere; no other table does.
    var way = packet.mark == mark ? leaving : route
    try translate(at: .output)
    if isRedirected { way = .loopback }
    try filter(at: .output)
    guard way != leaving, let way else { return }
    packet.outInterface = way
    recorder.record(.rerouted(to: way))
  }

  /// Connection tracking's own hook, which is there if a rule needs it. It passes over what it has seen before:
  /// packets on lo.
  private mutating func track() {
    guard program.tracksConnections else { return }
    switch packet.tracking {
    case .none, .template: packet.tracking = packet.state == .invalid ? .none : .tracked
    case .tracked, .untracked: break
    }
  }

  private mutating func filter(at hook: Hook) throws(Stop) {
    try ask(.filter, at: hook)
    try ask(.security, at: hook)
  }

  /// Runs a table's chain at a hook, if there is one.
  private mutating func ask(_ table: TableName, at hook: Hook) throws(Stop) {
    guard let chain = program.entry(table, hook) else { return }
    recorder.record(.table(table, hook))
    guard try run(chain) == .atEnd else { return }
    let policy = program.chains[chain].policy
    recorder.record(.policy(policy, table, hook))
    if policy == .drop {
      decider = nil
      throw .dropped
    }
  }

  /// nat, which decides about a connection's destination once and about its source once, with its first packet.
  private mutating func translate(at hook: Hook) throws(Stop) {
    let isAboutDestination = hook == .prerouting || hook == .output
    if let silence = natSilence(isAboutDestination) {
      if program.entry(.nat, hook) != nil { recorder.record(.natSkipped(silence)) }
      return
    }
    try ask(.nat, at: hook)
    if isAboutDestination { hasDestination = true } else { hasSource = true }
  }

  private func natSilence(_ isAboutDestination: Bool) -> TraceEvent.NATSilence? {
    guard packet.tracking == .tracked else { return .notTracked }
    guard packet.state == .new || packet.state == .related else { return .connectionIsKnown }
    return (isAboutDestination ? hasDestination : hasSource) ? .decidedBefore : nil
  }
}
