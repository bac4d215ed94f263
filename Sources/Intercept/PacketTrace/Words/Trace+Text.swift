import RuleModel
public import TextOutput

extension Trace {
  /// The whole story, for a person who reads from top to bottom on eighty columns.
  public func text(_ style: TextStyle = .plain) -> String {
    var page = TracePage(style)
    page.write(heading.wrapped(indent: "  "), .end)
    for event in events { page.write(event) }
    page.write("\n" + summary.wrapped(), .end)
    return page.text
  }
}

/// A story while it is written: headings are put where the place changes.
private struct TracePage {
  private(set) var text = ""
  private let style: TextStyle
  private var hook = ""
  private var chain: String?

  init(_ style: TextStyle) {
    self.style = style
  }

  mutating func write(_ lines: String, _ ink: TextColour) {
    text += lines.coloured(ink, style)
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
      write("       the end: policy \(policy.rawValue)\n", policy == .drop ? .matched : .note)
    case .foreign(let step): write(step)
    case .natSkipped(let silence):
      enter("nat")
      write("       \(silence.words)\n", .note)
    case .rerouted(let interface):
      enter("routing")
      write("       the packet has changed, and now goes by \(interface)\n", .note)
    }
  }

  private mutating func write(_ step: TraceStep) {
    enter("\(step.place.table.rawValue) \(step.place.chain)")
    let number = String(step.place.index)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number + "  "
    write(step.rule.iptablesText.wrapped(margin, indent: "         "), step.ink)
    write(step.outcome.wrapped("       ", indent: "         "), step.ink)
    if let reason = step.rule.reason, step.isMatch {
      write("(\(reason))".wrapped("       ", indent: "        "), step.ink)
    }
  }

  private mutating func write(_ step: ForeignStep) {
    enter("\(step.table) \(step.chain)")
    if let handle = step.handle { write("       a rule of nf_tables', handle \(handle)\n", .matched) }
    write("       \(step.outcome)\n", .matched)
    if let comment = step.comment { write("(\(comment))".wrapped("       ", indent: "        "), .matched) }
  }

  private mutating func enter(_ chain: String) {
    write(hook, .heading)
    hook = ""
    if self.chain != chain { write("  \(chain)\n", .chain) }
    self.chain = chain
  }
}

extension TraceStep {
  fileprivate var ink: TextColour {
    switch result {
    case .matched, .unheard: .matched
    case .failed, .passed: .failed
    case .uncertain: .uncertain
    }
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
