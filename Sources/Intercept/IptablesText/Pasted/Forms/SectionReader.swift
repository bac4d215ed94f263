import NetworkValues
import RuleModel

/// Reads the lines of one section into a table.
struct SectionReader {
  private var reader: TableReader
  /// The chains that rules use and no line declares.
  private(set) var undeclared: [ChainName] = []
  /// Commands of a script that change nothing, such as a removal of a rule that is not there.
  private(set) var ineffective: [IptablesSyntaxError] = []

  /// - Parameter unreached: the names of chains whose rules are checked and not kept.
  init(_ name: TableName, _ context: ReadingContext, unreached: Set<String> = []) {
    reader = TableReader(name, in: context, unreached: unreached)
  }

  var table: Table { reader.draft.table }

  /// Reads lines of `iptables-restore`.
  ///
  /// - Parameter isScript: true for commands that each may fail without an effect on the others.
  mutating func readCommands(_ lines: NumberedLines, isScript: Bool) throws(IptablesSyntaxError) {
    for line in lines {
      try read(line, isScript: isScript)
    }
  }

  private mutating func read(
    _ line: NumberedLine, adding unknown: [Match] = [], isScript: Bool = false
  ) throws(IptablesSyntaxError) {
    let bytes = Array(line.text.utf8)
    let range = bytes.trimmingBlanks().indices
    guard !range.isEmpty else { return }
    do throws(ParseError) {
      if let chain = try reader.read(range, of: bytes, adding: unknown, isScript: isScript) {
        undeclared.append(chain)
      }
    } catch {
      let syntax = IptablesSyntaxError(error, line, bytes, range)
      guard isScript, error.isWithoutEffect else { throw syntax }
      ineffective.append(syntax)
    }
  }

  /// Reads lines of a listing.
  mutating func readListing(
    _ lines: NumberedLines, _ family: IPFamily, _ names: NameResolver
  ) throws(IptablesSyntaxError) {
    var chain = ""
    var columns = ListingColumns("")
    for line in lines {
      switch LineKind(line.text[...]) {
      case .chain:
        let words = line.text[...].words
        chain = String(words[1])
        let policy = words[2] == "(policy" && words.count > 3 ? words[3].filter { $0 != ")" } : "-"
        try read(NumberedLine(number: line.number, text: ":\(chain) \(policy)"))
      case .columns: columns = ListingColumns(line.text[...])
      default:
        // A border of a table around the listing is part of no extension.
        guard let row = columns.row(line.text[...]), !row.rest.words.contains("|") else {
          throw IptablesSyntaxError(
            line: line.number, column: 1, reason: "this is not a rule of a listing with the columns above it",
            source: line.text)
        }
        let rule = ListingRule(row, chain: chain, family, names: names)
        try read(NumberedLine(number: line.number, text: rule.text), adding: rule.unknown)
      }
    }
  }
}

extension IptablesSyntaxError {
  /// An error at a byte of a line.
  init(_ error: ParseError, _ line: NumberedLine, _ bytes: [UInt8], _ range: Range<Int>) {
    let position = min(max(error.position, range.lowerBound), range.upperBound)
    self.init(
      line: line.number, column: bytes.text(range.lowerBound..<position).count + 1, reason: error.reason,
      source: bytes.text(range))
  }
}
