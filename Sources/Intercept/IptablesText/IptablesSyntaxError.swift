/// Why a text cannot be read as rules, and where.
public struct IptablesSyntaxError: Error, Hashable, Sendable {
  /// The line, counted from 1.
  public let line: Int
  /// The column, in characters counted from 1.
  public let column: Int
  /// What is wrong, in a sentence without a full stop.
  public let reason: String
  /// The line itself.
  public let source: String
}

extension IptablesSyntaxError: CustomStringConvertible {
  /// Three lines: the place and the reason, the line, a caret under the column.
  public var description: String {
    let (excerpt, indent) = excerpt
    return "line \(line), column \(column): \(reason)\n  \(excerpt)\n  \(indent)^"
  }

  /// The part of the line around the column that a terminal can show, and what stands before the caret.
  private var excerpt: (text: String, indent: String) {
    let characters = Array(source)
    let start = column <= 60 ? 0 : column - 60
    let end = min(characters.count, start + 100)
    guard start <= end else { return ("", "") }
    let before = (start == 0 ? "" : "…") + String(characters[start..<min(column - 1, end)])
    let behind = String(characters[min(column - 1, end)..<end]) + (end < characters.count ? "…" : "")
    return (before + behind, String(before.map { $0 == "\t" ? "\t" : " " }))
  }
}

/// What is wrong, at a byte of the text; becomes an `IptablesSyntaxError` where the line is known.
struct ParseError: Error {
  let position: Int
  let reason: String
  /// Whether all is well if the text is of the other family.
  let isOtherFamily: Bool

  init(_ position: Int, _ reason: String, isOtherFamily: Bool = false) {
    self.position = position
    self.reason = reason
    self.isOtherFamily = isOtherFamily
  }
}
