/// How the text of a trace is dressed.
public enum TraceStyle: Hashable, Sendable {
  case plain
  /// With the colours of a terminal (ANSI escape sequences).
  case coloured
}

/// What a line of a trace is, which its colour shows.
package enum TraceInk {
  /// Where the packet is.
  case heading
  case chain
  /// A rule that matched.
  case matched
  case failed
  case uncertain
  case note
  /// The answer.
  case end

  /// The colour's number in an ANSI escape sequence.
  fileprivate var colour: String {
    switch self {
    case .heading, .end: "1"
    case .chain: "36"
    case .matched: "32"
    case .failed: "2"
    case .uncertain: "33"
    case .note: "0"
    }
  }
}

extension String {
  /// Every line of the text, which ends with a line end, in its colour.
  package func inked(_ ink: TraceInk, _ style: TraceStyle) -> String {
    switch style {
    case .plain: self
    case .coloured:
      split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map { $0.isEmpty ? "\n" : "\u{1b}[\(ink.colour)m\($0)\u{1b}[0m\n" }.joined()
    }
  }
}
