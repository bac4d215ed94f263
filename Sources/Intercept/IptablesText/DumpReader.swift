import NetworkValues
import RuleModel

/// Reads a dump line by line.
struct DumpReader {
  let bytes: [UInt8]
  let context: ReadingContext
  var notes: [DumpNote] = []
  private var tables: [TableName: TableDraft] = [:]
  private var part = DumpPart(firstLine: 1)
  /// The table whose section is being read.
  private var current: TableReader?
  /// The error to throw if every part of the text is of the other family.
  private var wrongFamily: IptablesSyntaxError?
  /// The error to throw if the text contains no table.
  private var firstStray: IptablesSyntaxError?
  private var line = SourceLine(number: 0, bytes: 0..<0)
  private var words: [TokenPosition] = []

  init(_ bytes: [UInt8], family: IPFamily, names: NameResolver) {
    self.bytes = bytes
    context = ReadingContext(family: family, names: names)
  }

  mutating func read() throws(IptablesSyntaxError) -> IptablesDump {
    var start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    var number = 0
    while start < bytes.count {
      number += 1
      var end = start
      while end < bytes.count, bytes[end] != .newline { end += 1 }
      line = SourceLine(number: number, bytes: bytes[start..<end].trimmingBlanks().indices)
      try readLine()
      start = end + 1
    }
    closeTable(isCommitted: false)
    closePart()
    if tables.isEmpty, let wrongFamily { throw wrongFamily }
    if tables.isEmpty, !notes.contains(where: { $0.kind == .otherFamily }), let firstStray {
      throw firstStray
    }
    return dump()
  }

  private func dump() -> IptablesDump {
    var counters: [ChainPlace: Counters] = [:]
    for table in tables.values {
      for chain in table.chains {
        if let count = chain.counters { counters[ChainPlace(table.name, chain.name)] = count }
      }
    }
    let ruleset = Ruleset(context.family, tables: tables.values.map(\.table))
    return IptablesDump(ruleset: ruleset, notes: notes.sorted { $0.line < $1.line }, chainCounters: counters)
  }

  private mutating func readLine() throws(IptablesSyntaxError) {
    guard let first = line.bytes.first.map({ bytes[$0] }) else { return }
    do throws(ParseError) {
      switch first {
      case .numberSign: readComment()
      case .asterisk: try openTable()
      default:
        if line.bytes.count == 6, bytes[line.bytes].elementsEqual("COMMIT".utf8) {
          try commit()
        } else if current != nil {
          try readInTable()
        } else {
          try readOutside(first)
        }
      }
    } catch {
      guard error.isOtherFamily, part.announced == nil else { throw syntaxError(error) }
      part.skipped = .wrongFamily(syntaxError(error))
    }
  }

  /// A line of a table's section: a chain's declaration, or a command.
  private mutating func readInTable() throws(ParseError) {
    guard part.skipped == nil else { return }
    if let undeclared = try current?.read(line.bytes, of: bytes) {
      note(.undeclaredChain, "chain \(undeclared) is used without a declaration")
    }
  }
}

/// Tables.
extension DumpReader {
  /// `*nat`, with optional blanks after the asterisk.
  private mutating func openTable() throws(ParseError) {
    closeTable(isCommitted: false)
    try bytes.words(of: line.bytes.lowerBound + 1..<line.bytes.upperBound, into: &words)
    let word = words.first.map { bytes.word($0) }
    guard let name = TableName(rawValue: word?.text ?? "") else {
      let known = TableName.allCases.map(\.rawValue).joined(separator: ", ")
      let position = word?.bytes.lowerBound ?? line.bytes.upperBound
      throw ParseError(position, "'\(word?.text ?? "")' is not a table; the tables are \(known)")
    }
    if part.has(name) { closePart() }
    part.begin(name)
    current = TableReader(name, in: context)
  }

  /// Keeps the tables of the current part, if they are of the right family, and begins a new part.
  private mutating func closePart() {
    let family: IPFamily = context.family == .ipv4 ? .ipv6 : .ipv4
    switch part.skipped {
    case .announced?:
      note(.otherFamily, "the \(family) tables from this line on are skipped", at: part.firstLine)
    case .wrongFamily(let error)?:
      if wrongFamily == nil { wrongFamily = error }
      let reason = "line \(error.line) has an \(family) address"
      note(.otherFamily, "the tables from this line on are skipped: \(reason)", at: part.firstLine)
    case nil:
      for table in part.tables {
        if tables[table.name] != nil {
          let reason = "table \(table.name.rawValue) occurs again and replaces the previous one"
          note(.repeatedTable, reason, at: part.firstLine)
        }
        tables[table.name] = table
      }
    }
    part = DumpPart(firstLine: line.number)
  }

  private mutating func commit() throws(ParseError) {
    guard current != nil else { throw ParseError(line.bytes.lowerBound, "COMMIT outside a table") }
    closeTable(isCommitted: true)
  }

  private mutating func closeTable(isCommitted: Bool) {
    guard let table = current?.draft else { return }
    current = nil
    part.end(table)
    guard part.skipped == nil else { return }
    if !isCommitted {
      note(.missingCommit, "the section of table \(table.name.rawValue) does not end with COMMIT")
    }
  }
}

/// Comments and lines outside the tables.
extension DumpReader {
  private mutating func readComment() {
    let text = bytes.text(line.bytes)
    if let family = text.announcedFamily {
      closeTable(isCommitted: false)
      if part.announced != family, part.announced != nil || !part.isEmpty { closePart() }
      part.announced = family
      if family != context.family { part.skipped = .announced }
    } else if text.isWarning {
      note(.warning, text)
    }
  }

  /// A line before, between or after the tables.
  private mutating func readOutside(_ first: UInt8) throws(ParseError) {
    guard part.skipped == nil else { return }
    switch first {
    case .hyphen, .colon, .leftBracket:
      // A line of hyphens separates dumps.
      if bytes[line.bytes].allSatisfy({ $0 == .hyphen }) { return }
      throw ParseError(
        line.bytes.lowerBound,
        "a rule outside the tables; add a line such as '*nat' before it")
    default:
      let text = bytes.text(line.bytes)
      if firstStray == nil, !text.isHarmlessNoise {
        firstStray = syntaxError(
          ParseError(
            line.bytes.lowerBound,
            "the text is not output of iptables-save: it contains no table such as '*nat'"))
      }
      note(.stray, text)
    }
  }

  private mutating func note(_ kind: DumpNote.Kind, _ text: String, at number: Int? = nil) {
    notes.append(DumpNote(kind: kind, line: number ?? line.number, text: text))
  }

  private func syntaxError(_ error: ParseError) -> IptablesSyntaxError {
    let position = min(max(error.position, line.bytes.lowerBound), line.bytes.upperBound)
    return IptablesSyntaxError(
      line: line.number, column: bytes.text(line.bytes.lowerBound..<position).count + 1,
      reason: error.reason,
      source: bytes.text(line.bytes))
  }
}

/// The number of a line, and its bytes without blanks at either end.
struct SourceLine {
  let number: Int
  let bytes: Range<Int>
}

/// A part of a text: the tables of one family, each at most once.
///
/// A file may contain an IPv4 and an IPv6 dump. A new part begins at a comment that names the other family, and at a
/// table that occurs again.
struct DumpPart {
  /// The tables whose sections have ended.
  private(set) var tables: [TableDraft] = []
  /// The tables whose sections have begun.
  private var begun: Set<TableName> = []
  /// The part's first line.
  let firstLine: Int
  /// The family that a comment names.
  var announced: IPFamily?
  /// The reason for skipping the part; nil if it is read.
  var skipped: SkipReason?

  /// A reason for skipping a part.
  enum SkipReason {
    /// A comment names the other family.
    case announced
    /// An address is of the other family. This is an error unless another part is of the right family.
    case wrongFamily(IptablesSyntaxError)
  }

  init(firstLine: Int) {
    self.firstLine = firstLine
  }

  var isEmpty: Bool { begun.isEmpty }

  func has(_ table: TableName) -> Bool { begun.contains(table) }

  mutating func begin(_ table: TableName) {
    begun.insert(table)
  }

  mutating func end(_ table: TableDraft) {
    tables.append(table)
  }
}

/// Comment lines and stray lines.
extension String {
  /// The family in `# Generated by ip6tables-save v1.8.9 on …`.
  var announcedFamily: IPFamily? {
    let words = split(separator: " ", maxSplits: 4)
    guard words.count >= 4, words[0] == "#", words[1] == "Generated", words[2] == "by" else { return nil }
    if words[3].hasPrefix("ip6tables") { return .ipv6 }
    return words[3].hasPrefix("iptables") ? .ipv4 : nil
  }

  /// True for comments about an incomplete dump: tables of the other iptables variant, or rules that iptables cannot
  /// print.
  var isWarning: Bool {
    hasPrefix("# Warning:") || hasPrefix("# Table `") && contains("incompatible")
  }

  /// True for lines that kubectl and sudo print before a command's output.
  var isHarmlessNoise: Bool {
    let beginnings = [
      "Defaulted container ", "Defaulting container name to ", "Warning:", "warning:", "sudo: ",
      "Unable to use a TTY", "If you don't see a command prompt", "Use 'kubectl describe ",
      "Targeting container ",
    ]
    return beginnings.contains { hasPrefix($0) }
  }
}
