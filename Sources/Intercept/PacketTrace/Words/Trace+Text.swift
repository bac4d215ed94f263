import NetworkValues
import RuleModel
public import TextOutput

extension Trace {
  /// The trace as text of eighty columns: the verdict; hooks, chains and rules in order; the verdict again.
  ///
  /// - Parameters:
  ///   - style: plain or coloured.
  ///   - isBrief: true to leave out rules that do not match.
  ///   - delivery: facts about the socket that gets the connection, if it is not the proxy's.
  ///   - notes: more facts of the namespace, one line each.
  public func text(
    _ style: TextStyle = .plain, isBrief: Bool = false, delivery: [String] = [], notes: [String] = []
  ) -> String {
    var page = TracePage(style)
    let verdict = summary(delivery: delivery).wrapped()
    page.write(verdict, .end)
    page.write("\n" + heading.wrapped(indent: "  "), .heading)
    for event in events where !isBrief || !event.isMismatch { page.write(event) }
    page.write("\n", .note)
    for object in notFollowed { page.write("not followed: \(object)\n", .note) }
    for note in delivery + notes { page.write("note: \(note)\n", .note) }
    page.write(verdict, .end)
    return page.text
  }
}

/// Writer of a trace. It inserts headings at each change of hook or chain.
private struct TracePage {
  private(set) var text = ""
  private let style: TextStyle
  private var hook = ""
  private var chain: String?

  init(_ style: TextStyle) {
    self.style = style
  }

  mutating func write(_ lines: String, _ colour: TextColour) {
    text += lines.coloured(colour, style)
  }

  mutating func write(_ event: TraceEvent) {
    switch event {
    case .hook(let hook, let packet):
      self.hook = "\n\(hook.rawValue): \(packet.position)\n"
      chain = nil
    case .table: break
    case .rule(let step): write(step)
    case .policy(let policy, let table, let chain):
      enter("\(table.name) \(chain)")
      write("       end of chain: policy \(policy.rawValue)\n", policy == .drop ? .matched : .note)
    case .foreign(let step): write(step)
    case .natSkipped(let reason):
      enter("nat")
      write("       \(reason.words)\n", .note)
    case .rerouted(let interface):
      enter("routing")
      write("       rerouted: the packet now leaves via \(interface)\n", .note)
    }
  }

  private mutating func write(_ step: TraceStep) {
    enter("\(step.place.table.name) \(step.place.chain)")
    let number = String(step.place.index)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number + "  "
    write(step.rule.text.wrapped(margin, indent: "         "), step.colour)
    write(step.outcome.wrapped("       ", indent: "         "), step.colour)
    guard step.isMatch else { return }
    if let reason = step.rule.reason {
      write("(\(reason))".wrapped("       ", indent: "        "), step.colour)
    }
    if let packets = step.rule.counters?.packets, packets > 0 {
      write("       matched \(packets.grouped) \(packets == 1 ? "packet" : "packets") so far\n", step.colour)
    }
  }

  private mutating func write(_ step: ForeignStep) {
    enter("\(step.table) \(step.chain)")
    if let rule = step.rule ?? step.handle.map({ "rule with handle \($0)" }) {
      write(rule.wrapped("       ", indent: "         "), .matched)
    }
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

extension TraceEvent {
  /// True for a rule that does not match.
  fileprivate var isMismatch: Bool {
    guard case .rule(let step) = self else { return false }
    switch step.result {
    case .failed, .passed: return true
    case .matched, .noListener, .uncertain: return false
    }
  }
}

extension UInt64 {
  /// The digits in groups of three: `104,490`.
  fileprivate var grouped: String {
    let digits = Array(String(self))
    return digits.indices.map { index in
      let isGroupEnd = index > 0 && (digits.count - index) % 3 == 0
      return (isGroupEnd ? "," : "") + String(digits[index])
    }.joined()
  }
}

extension TraceStep {
  fileprivate var colour: TextColour {
    switch result {
    case .matched, .noListener: .matched
    case .failed, .passed: .failed
    case .uncertain: .uncertain
    }
  }
}

extension Packet {
  /// Destination and interfaces: `to 10.0.0.1:80, leaving via eth0`.
  fileprivate var position: String {
    let end = "to \(Endpoint(destination, destinationPort))"
    let interfaces = [inInterface.map { "in via \($0)" }, outInterface.map { "leaving via \($0)" }]
    return ([end] + interfaces.compactMap { $0 }).joined(separator: ", ")
  }
}

extension TraceEvent.NATSkipReason {
  fileprivate var words: String {
    switch self {
    case .decidedBefore: "skipped: OUTPUT has already decided for this connection"
    case .connectionIsKnown: "skipped: the connection's first packet has already decided"
    case .notTracked: "skipped: the packet is not tracked"
    case .translatedBefore: "skipped: a chain before it has translated the connection"
    }
  }
}

/// Colours of the lines of a trace.
extension TextColour {
  /// Hook and packet.
  package static let heading = bold
  package static let chain = cyan
  package static let matched = green
  package static let failed = dim
  package static let uncertain = yellow
  package static let note = normal
  /// The outcome.
  package static let end = bold
}
