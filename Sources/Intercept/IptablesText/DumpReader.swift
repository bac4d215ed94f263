import NetworkValues
import RuleModel

/// Reads a dump, line by line.
struct DumpReader {
  let bytes: [UInt8]
  let context: ReadingContext
  var notes: [DumpNote] = []
  private var tables: [TableName: TableDraft] = [:]
  private var part = DumpPart(firstLine: 1)
  /// The table whose section is being read.
  private var current: TableDraft?
  /// What is wrong if no part of the text is of the right family, or no table is in it at all.
  private var misfit: IptablesSyntaxError?
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
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      line = SourceLine(number: number, bytes: bytes.trimmed(start..<end))
      try readLine()
      start = end + 1
    }
    closeTable(isCommitted: false)
    closePart()
    if tables.isEmpty, let misfit { throw misfit }
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
      case UInt8(ascii: "#"): readComment()
      case UInt8(ascii: "*"): try openTable()
      default:
        if line.bytes.count == 6, bytes[line.bytes].elementsEqual("COMMIT".utf8) {
          try commit()
        } else if current != nil {
          try readInTable(first)
        } else {
          try readOutside(first)
        }
      }
    } catch {
      guard error.isOtherFamily, part.announced == nil else { throw syntaxError(error) }
      part.aside = .misfit(syntaxError(error))
    }
  }

  /// A line of a table's section: a chain's declaration, or a command.
  private mutating func readInTable(_ first: UInt8) throws(ParseError) {
    guard part.aside == nil else { return }
    if first == UInt8(ascii: ":") {
      try bytes.words(of: line.bytes.lowerBound + 1..<line.bytes.upperBound, into: &words)
      try current?.declare(words, of: bytes, at: line.bytes)
    } else {
      try readCommand(first)
    }
  }

  private mutating func readCommand(_ first: UInt8) throws(ParseError) {
    // Read in a function of its own: a copy of the table still alive would make each change copy all its rules.
    let command = try ruleLine(first)
    if let undeclared = try current?.apply(command) {
      note(.undeclaredChain, "chain \(undeclared) is used and not declared before")
    }
  }

  private mutating func ruleLine(_ first: UInt8) throws(ParseError) -> RuleLine {
    var start = line.bytes.lowerBound
    var counters: Counters?
    if first == UInt8(ascii: "[") {
      counters = try Counters(in: bytes, line: line.bytes, end: &start)
    }
    try bytes.words(of: start..<line.bytes.upperBound, into: &words)
    guard let table = current else { return RuleLine(position: start) }
    var reader = RuleReader(words, of: bytes, in: context, table: table)
    reader.header.counters = counters
    return try reader.read()
  }
}

/// Tables.
extension DumpReader {
  /// `*nat`; blanks may stand behind the star.
  private mutating func openTable() throws(ParseError) {
    closeTable(isCommitted: false)
    try bytes.words(of: line.bytes.lowerBound + 1..<line.bytes.upperBound, into: &words)
    let word = words.first.map { bytes.word($0) }
    guard let name = TableName(rawValue: word?.text ?? "") else {
      let known = TableName.allCases.map(\.rawValue).joined(separator: ", ")
      let position = word?.bytes.lowerBound ?? line.bytes.upperBound
      throw ParseError(position, "'\(word?.text ?? "")' is no table; the tables are \(known)")
    }
    if part.has(name) { closePart() }
    part.begin(name)
    current = TableDraft(name)
  }

  /// Keeps the part's tables, if they are of the right family, and begins another part.
  private mutating func closePart() {
    let family: IPFamily = context.family == .ipv4 ? .ipv6 : .ipv4
    switch part.aside {
    case .announced?: note(.otherFamily, "the \(family) part from here on is left aside", at: part.firstLine)
    case .misfit(let error)?:
      if misfit == nil { misfit = error }
      let reason = "line \(error.line) shows it to be \(family)"
      note(.otherFamily, "the part from here on is left aside: \(reason)", at: part.firstLine)
    case nil:
      for table in part.tables {
        if tables[table.name] != nil {
          let reason = "table \(table.name.rawValue) comes again and replaces what came before"
          note(.repeatedTable, reason, at: part.firstLine)
        }
        tables[table.name] = table
      }
    }
    part = DumpPart(firstLine: line.number)
  }

  private mutating func commit() throws(ParseError) {
    guard current != nil else { throw ParseError(line.bytes.lowerBound, "COMMIT without a table before it") }
    closeTable(isCommitted: true)
  }

  private mutating func closeTable(isCommitted: Bool) {
    guard let table = current else { return }
    current = nil
    part.end(table)
    guard part.aside == nil else { return }
    if !isCommitted {
      note(.missingCommit, "the section of table \(table.name.rawValue) does not end with COMMIT")
    }
  }
}

/// Lines that are no rules.
extension DumpReader {
  private mutating func readComment() {
    let text = bytes.text(line.bytes)
    if let family = text.announcedFamily {
      closeTable(isCommitted: false)
      if part.announced != family, part.announced != nil || !part.isEmpty { closePart() }
      part.announced = family
      if family != context.family { part.aside = .announced }
    } else if text.isWarning {
      note(.warning, text)
    }
  }

  /// A line before, between or behind the tables.
  private mutating func readOutside(_ first: UInt8) throws(ParseError) {
    guard part.aside == nil else { return }
    switch first {
    case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["):
      // Some draw a line of dashes between two dumps.
      if bytes[line.bytes].allSatisfy({ $0 == UInt8(ascii: "-") }) { return }
      throw ParseError(
        line.bytes.lowerBound,
        "a line of rules outside any table; a line such as '*nat' should stand before it")
    default:
      let text = bytes.text(line.bytes)
      if firstStray == nil, !text.isHarmlessNoise {
        firstStray = syntaxError(
          ParseError(line.bytes.lowerBound, "this is no dump of iptables-save: no table ('*nat') is in it"))
      }
      note(.stray, text)
    }
  }

  private mutating func note(_ kind: DumpNote.Kind, _ text: String, at number: Int? = nil) {
    notes.append(DumpNote(kind: kind, line: number ?? line.number, text: text))
  }

  private func syntaxError(_ complaint: ParseError) -> IptablesSyntaxError {
    let position = min(max(complaint.position, line.bytes.lowerBound), line.bytes.upperBound)
    return IptablesSyntaxError(
      line: line.number, column: bytes.text(line.bytes.lowerBound..<position).count + 1,
      reason: complaint.reason,
      source: bytes.text(line.bytes))
  }
}

/// A line of the text, without blanks at its ends.
struct SourceLine {
  let number: Int
  let bytes: Range<Int>
}
