import RuleModel
public import TextOutput

extension RulesetDiff {
  /// The differences for people: chain by chain, a line per rule with a mark before it, and below it what there
  /// is to say about it; empty where nothing differs.
  ///
  /// `-` should be there and is not, `+` is there and should not be, `~` stands elsewhere, `!` is a foreign rule
  /// in the way.
  public func text(_ style: TextStyle = .plain) -> String {
    chains.map { $0.text(style) }.joined(separator: "\n")
  }

  /// How many differences of each kind there are: `1 rule missing, 2 changed`; nil where nothing differs.
  public var summary: String? {
    guard !isEmpty else { return nil }
    let counts = Dictionary(differences.map { ($0.kind, 1) }, uniquingKeysWith: +)
    let words = Difference.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind)" } }
    return words.isEmpty ? "only empty chains differ" : "differences: " + words.joined(separator: ", ")
  }
}

extension ChainDiff {
  /// `nat ISTIO_OUTPUT`, and whether the chain is there.
  var header: String {
    switch presence {
    case .present: "\(table.rawValue) \(chain)"
    case .missing: "\(table.rawValue) \(chain): the chain is missing"
    case .unexpected: "\(table.rawValue) \(chain): the chain should not be there"
    }
  }

  fileprivate func text(_ style: TextStyle) -> String {
    let lines = [DiffLine(.header, header)] + differences.flatMap(\.lines)
    return lines.map { $0.text(style) + "\n" }.joined()
  }
}

extension Difference {
  fileprivate var lines: [DiffLine] {
    switch self {
    case .missing(let rule):
      [DiffLine(.missing, rule.words)] + notes(rule.rule.reason)
    case .unexpected(let rule, let standsTwice):
      [DiffLine(.unexpected, rule.words)]
        + notes(standsTwice ? "stands twice" : "should not be there", rule.rule.reason)
    case .changed(let wanted, let live, let parts):
      [DiffLine(.missing, wanted.words), DiffLine(.unexpected, live.words)]
        + notes(parts.map(\.text).joined(separator: "; "), wanted.rule.reason)
    case .moved(let wanted, let live, let destination):
      [DiffLine(.moved, live.words)] + notes(destination.text, wanted.rule.reason)
    case .shadowed(let foreign, let inside, let rules):
      [DiffLine(.shadowed, foreign.words)] + notes(inside?.text, rules.takenAway, reason)
    }
  }

  /// Lines below a rule's, each only if there is something to say.
  private func notes(_ texts: String?...) -> [DiffLine] {
    texts.flatMap { $0.map { $0.isEmpty ? [] : DiffLine.notes($0) } ?? [] }
  }
}

extension Difference.Destination {
  /// `should stand before -o lo -j RETURN`.
  public var text: String {
    switch self {
    case .before(let rule): "should stand before \(rule.iptablesText)"
    case .after(let rule): "should stand after \(rule.iptablesText)"
    }
  }
}

extension ForeignVerdict {
  /// `by KUBE-SEP-X rule 2: -p tcp -j DNAT …`.
  public var text: String { "by \(chain) rule \(rule.number): \(rule.words)" }
}

extension PlacedRule {
  /// The rule, or a word for one that has neither conditions nor a target.
  fileprivate var words: String { rule.iptablesText.isEmpty ? "(counts every packet)" : rule.iptablesText }
}

extension [PlacedRule] {
  /// Which rules lose packets: the first ones by name, the others by number.
  fileprivate var takenAway: String {
    let named = prefix(3).map(\.words).joined(separator: ", ")
    return "takes packets away from \(named)" + (count > 3 ? " and \(count - 3) more" : "")
  }
}
