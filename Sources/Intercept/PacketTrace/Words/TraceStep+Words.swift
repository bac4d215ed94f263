import NetworkValues
import RuleModel

extension TraceStep {
  /// What came of the rule, in a sentence: `no: -o lo, but it leaves by eth0`.
  public var outcome: String {
    switch result {
    case .matched: "yes: \(rule.target.words)"
    case .unheard: "yes: \(rule.target.words), where no socket with IP_TRANSPARENT is: dropped"
    case .failed(let match): "no: \(match.iptablesText), but \(match.objection(packet))"
    case .passed: "no: the kernel went past it"
    case .uncertain(let match): "perhaps: \(match.iptablesText); \(match.doubt(packet))"
    }
  }
}

extension Target {
  /// What a rule with the target does, in a few words.
  fileprivate var words: String {
    switch self {
    case .accept: "the table lets it go"
    case .drop: "dropped"
    case .return: "this chain has no more to say"
    case .jump(let chain): "on to \(chain)"
    case .goto(let chain): "on to \(chain), and not back here"
    case .none: "counted, nothing else"
    case .redirect(let target): "to port \(target.ports?.text ?? "of its own") of this host"
    case .mark(let target): "marked \(target.mark.text)"
    case .connmark(let target): target.words
    case .tproxy(let target): "to the listener on port \(target.port), as it is"
    case .ct(let target): target.words
    case .opaque(let target): "\(target.text)"
    }
  }
}

extension ConnmarkTarget {
  fileprivate var words: String {
    switch self {
    case .set(let mark): "the connection is marked \(mark.text)"
    case .save: "the connection gets the packet's mark"
    case .restore: "the packet gets the connection's mark"
    }
  }
}

extension CTTarget {
  fileprivate var words: String {
    if isUntracked { return "connection tracking leaves it alone" }
    return zone?.number.map { "its connection is kept in zone \($0)" } ?? "connection tracking is told"
  }
}
