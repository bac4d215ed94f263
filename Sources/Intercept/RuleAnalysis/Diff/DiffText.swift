import NetworkValues
import RuleModel
public import TextOutput

extension RulesetDiff {
  /// The differences as text: for each chain one line per rule with a mark, followed by notes; empty if
  /// nothing differs.
  ///
  /// `-` is missing, `+` is there but not wanted, `~` is in another position, `!` is a foreign rule that
  /// shadows rules of Istio.
  public func text(_ style: TextStyle = .plain) -> String {
    chains.map { $0.text(style) }.joined(separator: "\n")
  }

  /// Number of differences by kind, such as `differences: 1 missing, 2 changed`; nil if nothing differs.
  public var summary: String? {
    guard !isEmpty else { return nil }
    let counts = Dictionary(differences.map { ($0.kind, 1) }, uniquingKeysWith: +)
    let words = Difference.Kind.allCases.compactMap { kind in counts[kind].map { "\($0) \(kind)" } }
    return words.isEmpty ? "only empty chains differ" : "differences: " + words.joined(separator: ", ")
  }
}

/// A difference in one line, for reports.
public struct DifferenceLine: Hashable, Sendable {
  public let kind: Difference.Kind
  /// The chain, then the rules with their marks and notes.
  public let text: String

  init(_ kind: Difference.Kind, in header: String, _ lines: [DiffLine] = []) {
    self.kind = kind
    text = lines.isEmpty ? header : "\(header): \(lines.map(\.marked).joined(separator: " "))"
  }
}

extension RulesetDiff {
  /// The differences, one line each; a chain that is missing or unexpected as a whole has a line as well.
  public var lines: [DifferenceLine] {
    chains.flatMap { chain in
      DifferenceLine.ofChain(chain.presence, chain.header)
        + chain.differences.map { DifferenceLine($0.kind, in: "\(family) \(chain.header)", $0.lines) }
    }
  }
}

extension DifferenceLine {
  /// The line of a chain that is missing or unexpected.
  static func ofChain(_ presence: ChainDiff.Presence, _ header: String) -> [DifferenceLine] {
    switch presence {
    case .present: []
    case .missing: [DifferenceLine(.missing, in: header)]
    case .unexpected: [DifferenceLine(.unexpected, in: header)]
    }
  }
}

extension ChainDiff {
  /// `nat ISTIO_OUTPUT`, and whether the chain is missing or unexpected.
  var header: String {
    switch presence {
    case .present: "\(table.rawValue) \(chain)"
    case .missing: "\(table.rawValue) \(chain): the chain is missing"
    case .unexpected: "\(table.rawValue) \(chain): the chain is there, but not wanted"
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
    case .unexpected(let rule, let isDuplicate):
      [DiffLine(.unexpected, rule.words)]
        + notes(isDuplicate ? "duplicate" : "there, but not wanted", rule.rule.reason)
    case .changed(let wanted, let live, let parts):
      [DiffLine(.missing, wanted.words), DiffLine(.unexpected, live.words)]
        + notes(parts.map(\.text).joined(separator: "; "), wanted.rule.reason)
    case .policy(let wanted, let live):
      [DiffLine(.missing, "policy \(wanted.rawValue)"), DiffLine(.unexpected, "policy \(live.rawValue)")]
    case .moved(let wanted, let live, let destination):
      [DiffLine(.moved, live.words)] + notes(destination.text, wanted.rule.reason)
    case .shadowed(let foreign, let inside, let rules):
      [DiffLine(.shadowed, foreign.words)] + notes(inside?.text, rules.listed, reason)
    }
  }

  /// Notes below a rule; empty texts are omitted.
  private func notes(_ texts: String?...) -> [DiffLine] {
    texts.flatMap { $0.map { $0.isEmpty ? [] : DiffLine.notes($0) } ?? [] }
  }
}

extension Difference.Destination {
  /// `should be before -o lo -j RETURN`.
  public var text: String {
    switch self {
    case .before(let rule): "should be before \(rule.iptablesText)"
    case .after(let rule): "should be after \(rule.iptablesText)"
    }
  }
}

extension ForeignVerdict {
  /// `by KUBE-SEP-X rule 2: -p tcp -j DNAT …`.
  public var text: String { "by \(chain) rule \(rule.number): \(rule.words)" }
}

extension PlacedRule {
  /// The rule, or a placeholder if it has neither conditions nor a target.
  fileprivate var words: String { rule.iptablesText.isEmpty ? "(counts every packet)" : rule.iptablesText }
}

extension [PlacedRule] {
  /// The shadowed rules: the first three by text, the others by number.
  fileprivate var listed: String {
    let named = prefix(3).map(\.words).joined(separator: ", ")
    return "shadows \(named)" + (count > 3 ? " and \(count - 3) more" : "")
  }
}

/// A line of the text of a diff.
struct DiffLine {
  /// Kind of a line, shown by its first character and its colour.
  enum DiffMark: Character {
    case header = " "
    case missing = "-"
    case unexpected = "+"
    case moved = "~"
    case shadowed = "!"
    case note = "\t"

    fileprivate var colour: TextColour {
      switch self {
      case .header: .bold
      case .missing: .red
      case .unexpected: .green
      case .moved: .yellow
      case .shadowed: .magenta
      case .note: .dim
      }
    }
  }

  private let mark: DiffMark
  private let words: String

  init(_ mark: DiffMark, _ words: String) {
    self.mark = mark
    self.words = words
  }

  /// Notes below a rule, wrapped to eighty columns.
  static func notes(_ words: String) -> [DiffLine] {
    words.split(separator: " ").lines(width: 76).map { DiffLine(.note, $0) }
  }

  /// The line without wrapping: a rule has its mark.
  fileprivate var marked: String {
    switch mark {
    case .header, .note: words
    case .missing, .unexpected, .moved, .shadowed: "\(mark.rawValue) \(words)"
    }
  }

  func text(_ style: TextStyle) -> String { plain.coloured(mark.colour, style) }

  private var plain: String {
    switch mark {
    case .header: words
    case .note: "    \(words)"
    case .missing, .unexpected, .moved, .shadowed: "\(mark.rawValue) \(rule)"
    }
  }

  /// The rule, wrapped to eighty columns; continuation lines are indented more than notes.
  private var rule: String {
    words.count <= 78 ? words : words.options.lines(width: 74).joined(separator: "\n      ")
  }
}

extension String {
  /// The options of a rule, each with its value and a preceding `!`.
  fileprivate var options: [Substring] {
    var starts = [startIndex]
    var last: Substring = "!"
    for word in split(separator: " ") {
      if last != "!", word == "!" || word.hasPrefix("-") { starts.append(word.startIndex) }
      last = word
    }
    return zip(starts, starts.dropFirst() + [endIndex]).map { trimmed(self[$0..<$1]) }
  }

  private func trimmed(_ text: Substring) -> Substring { text.last == " " ? text.dropLast() : text }
}
