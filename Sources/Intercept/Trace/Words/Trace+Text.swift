extension Trace {
  /// The whole story, for a person who reads from top to bottom on eighty columns.
  public var text: String {
    var page = TracePage()
    page.write(heading.wrapped(indent: "  "))
    for event in events { page.write(event) }
    return page.text + "\n" + summary.wrapped()
  }
}

/// A story while it is written: headings are put where the place changes.
private struct TracePage {
  private(set) var text = ""
  private var hook = ""
  private var chain: String?

  mutating func write(_ lines: String) {
    text += lines
  }

  mutating func write(_ event: TraceEvent) {
    switch event {
    case .hook(let hook, let packet):
      self.hook = "\n\(hook.rawValue): \(packet.whereabouts)\n"
      chain = nil
    case .table: break
    case .rule(let step): write(step)
    case .policy(let policy, let table, let hook):
      enter("\(table.rawValue) \(hook.rawValue)")
      text += "       the end: policy \(policy.rawValue)\n"
    case .natSkipped(let silence):
      enter("nat")
      text += "       \(silence.words)\n"
    case .rerouted(let interface):
      enter("routing")
      text += "       the packet has changed, and now goes by \(interface)\n"
    }
  }

  private mutating func write(_ step: TraceStep) {
    enter("\(step.place.table.rawValue) \(step.place.chain)")
    let number = String(step.place.index)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number + "  "
    text += step.rule.iptablesText.wrapped(margin, indent: "         ")
    text += step.outcome.wrapped("       ", indent: "         ")
    if let reason = step.rule.reason, step.isMatch {
      text += "(\(reason))".wrapped("       ", indent: "        ")
    }
  }

  private mutating func enter(_ chain: String) {
    text += hook
    hook = ""
    if self.chain != chain { text += "  \(chain)\n" }
    self.chain = chain
  }
}

extension Packet {
  /// Where the packet is, and where it goes: `to 10.0.0.1:80, leaving by eth0`.
  fileprivate var whereabouts: String {
    let end = "to \(Endpoint(destination, destinationPort))"
    let way = [inInterface.map { "in by \($0)" }, outInterface.map { "leaving by \($0)" }]
    return ([end] + way.compactMap { $0 }).joined(separator: ", ")
  }
}

extension TraceEvent.NATSilence {
  fileprivate var words: String {
    switch self {
    case .decidedBefore: "not asked again: OUTPUT has decided about this connection"
    case .connectionIsKnown: "not asked: the connection's first packet has decided"
    case .notTracked: "not asked: connection tracking does not know the packet"
    }
  }
}
