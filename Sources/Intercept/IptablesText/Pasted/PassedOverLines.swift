/// Lines that are not part of the rules.
public struct PassedOverLines: Hashable, Sendable {
  /// The kind of such lines.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case log = "log output"
    case command = "commands"
    case text = "other text"
    case other = "stray lines of dumps"
    /// Another listing of tables that a better form shows as well.
    case repetition = "rules in another form"
  }

  public private(set) var counts: [Kind: Int] = [:]
  /// The first of the lines of unknown text.
  private(set) var first: NumberedLine?
  /// The first command that changes no rules.
  private(set) var firstCommand: NumberedLine?

  /// Number of all lines.
  public var count: Int { counts.values.reduce(0, +) }

  mutating func add(_ line: NumberedLine, _ kind: Kind) {
    counts[line.isFromLog && kind == .text ? .log : kind, default: 0] += 1
    if kind == .command { firstCommand = firstCommand ?? line }
    if first == nil, kind == .text, !line.text.isHarmlessNoise { first = line }
  }

  mutating func add(_ count: Int, _ kind: Kind) {
    counts[kind, default: 0] += count
  }
}

extension PassedOverLines: CustomStringConvertible {
  /// `passed over 29 lines that are no rules: log output`.
  public var description: String {
    let kinds = Kind.allCases.filter { counts[$0] != nil }.map(\.rawValue)
    let lines = count == 1 ? "1 line that is no rule" : "\(count) lines that are no rules"
    return "passed over \(lines): \(kinds.joined(separator: ", "))"
  }
}
