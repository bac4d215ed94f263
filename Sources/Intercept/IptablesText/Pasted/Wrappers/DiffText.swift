import NetworkValues

/// The new side of a text that `diff` or `git diff` prints.
///
/// A gap takes the place of each heading of a hunk, since a diff shows only lines near changes; a new file has none.
enum DiffText {
  /// The part of a text in which a diff begins.
  private static let searched = 1 << 16

  /// True for a text with a hunk: of the unified format after other text, or of the normal format at the beginning.
  static func isDiff(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: "@@ -".utf8) { return true }
    let start = bytes.prefix { $0 != .newline }
    if start.first?.isDigit == true, isNormalCommand(String(decoding: start, as: UTF8.self)[...]) {
      return true
    }
    return bytes.indices.prefix(searched).contains {
      bytes[$0] == .newline && bytes[($0 + 1)...].starts(with: "@@ -".utf8)
    }
  }

  /// The lines of the new side, and the lines outside of hunks.
  static func newSide(of bytes: [UInt8]) -> [NumberedLine] {
    var isInHunk = false
    return NumberedLines.all(of: bytes).compactMap { line in
      let text = line.text[...]
      if text.hasPrefix("@@ -") || isNormalCommand(text) {
        isInHunk = true
        return line.with(text.hasPrefix("@@ -0,0 ") ? "" : "...")
      }
      return isInHunk
        ? content(of: text, &isInHunk).map { line.with(String($0)) } : isHeading(text) ? nil : line
    }
  }

  /// The content of a line in a hunk; nil for a line of the old side.
  private static func content(of text: Substring, _ isInHunk: inout Bool) -> Substring? {
    switch text.first {
    case "+", " ": return text.dropFirst()
    case "-", "<", "\\": return nil
    case ">": return text.dropFirst().droppingBlanks
    case nil: return text
    default:
      isInHunk = false
      return isHeading(text) ? nil : text
    }
  }

  private static func isHeading(_ text: Substring) -> Bool {
    ["--- ", "+++ ", "diff ", "index ", "new file mode "].contains { text.hasPrefix($0) }
  }

  /// True for a command of the normal format: `12,14c12`.
  private static func isNormalCommand(_ text: Substring) -> Bool {
    let parts = text.split(whereSeparator: { "acd".contains($0) })
    return parts.count == 2 && text.utf8.count { $0.isLowercase } == 1
      && parts.allSatisfy { $0.utf8.allSatisfy { $0.isDigit || $0 == .comma } && !$0.isEmpty }
  }
}
