import NetworkValues
import RuleModel

/// Reads the lines of one table: declarations of chains, and commands.
struct TableReader {
  private(set) var draft: TableDraft
  private let context: ReadingContext
  private var words: [TokenPosition] = []

  /// - Parameter unreached: the names of chains whose rules are checked and not kept.
  init(_ name: TableName, in context: ReadingContext, unreached: Set<String> = []) {
    draft = TableDraft(name, unreached: unreached)
    self.context = context
  }

  /// Reads a line that is not blank.
  ///
  /// - Parameters:
  ///   - unknown: conditions of the line's rules that the text does not show.
  ///   - isScript: true if commands on missing chains fail, as in a shell.
  /// - Returns: the chain, if it was not declared and had to be created.
  mutating func read(
    _ line: Range<Int>, of bytes: [UInt8], adding unknown: [Match] = [], isScript: Bool = false
  ) throws(ParseError) -> ChainName? {
    guard bytes[line.lowerBound] != .colon else {
      try bytes.words(of: line.lowerBound + 1..<line.upperBound, into: &words)
      try draft.declare(words, of: bytes, at: line)
      return nil
    }
    // A value of its own: with another copy of the table alive, each change would copy all its rules.
    let command = try ruleLine(line, of: bytes).adding(unknown)
    if isScript, let missing = command.missingChain(in: draft) {
      throw ParseError(line.lowerBound, "there is no chain \(missing)", isWithoutEffect: true)
    }
    return try draft.apply(command)
  }

  private mutating func ruleLine(_ line: Range<Int>, of bytes: [UInt8]) throws(ParseError) -> RuleLine {
    var start = line.lowerBound
    var counters: Counters?
    if bytes[start] == .leftBracket {
      counters = try Counters(in: bytes, line: line, end: &start)
    }
    try bytes.words(of: start..<line.upperBound, into: &words)
    var reader = RuleReader(words, of: bytes, in: context, table: draft)
    reader.header.counters = counters
    return try reader.read()
  }
}

extension RuleLine {
  /// The line with further matches in each rule.
  fileprivate func adding(_ matches: [Match]) -> RuleLine {
    guard !matches.isEmpty else { return self }
    var line = self
    line.rules = rules.map { Rule($0.matches + matches, $0.target, reason: $0.reason, counters: $0.counters) }
    return line
  }
}

extension RuleLine {
  /// The chain that the command needs and the table does not have.
  fileprivate func missingChain(in table: TableDraft) -> String? {
    guard let chain, table.chain(named: chain.text) == nil else { return nil }
    switch command {
    case .delete, .replace, .flush, .deleteChain, .renameChain, .zero, .policy: return chain.text
    case .append, .insert, .newChain, nil: return nil
    }
  }
}
