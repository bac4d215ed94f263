import NetworkValues
import RuleModel

/// Assigns families and tables to the sections of a text, reads them, and joins them to rule sets.
struct RulesAssembly {
  private let sections: [RuleSection]
  private let options: RulesText.Options
  private var report = RulesReport()
  /// The number of the text's last line; a mistake in it may come from a cut.
  var lastLine: Int?
  /// True if no newline ends the text.
  var endsInLine = false
  /// The number of a last line that was left out, since its end is missing.
  var cutLine: Int?
  /// True if the end of a table is missing.
  private var isCutAtEnd = false
  private let gaps: [Int]
  /// The tables that were read.
  private var listed: Set<TableName> = []
  private let first: NumberedLine?
  private let commented: NumberedLine?

  init(_ builder: SectionBuilder, _ options: RulesText.Options) {
    sections = RuleSection.joiningChains(of: builder.sections.flatMap(\.repetitions))
    self.options = options
    gaps = builder.gaps
    report.passedOver = builder.passedOver
    report.remarks = builder.warnings.map { "line \($0.number): \($0.text)" }
    if let line = builder.conditional {
      report.remarks.append(
        "line \(line.number): conditions of a script are not evaluated: commands under them count")
    }
    first = builder.passedOver.first
    commented = builder.commented
    if let gap = gaps.first { report.gap = "line \(gap) leaves lines out" }
  }

  /// Adds a remark about the text as a whole.
  mutating func remark(_ sentence: String) { report.remarks.append(sentence) }

  mutating func rules() throws(RulesTextError) -> RulesText {
    if sections.isEmpty, let commented {
      throw .tables("line \(commented.number): the rules are in comments; remove the '#' before them")
    }
    if sections.isEmpty, let command = report.passedOver.firstCommand {
      throw .tables(
        "line \(command.number): the command changes no rules; give its output, or commands that add rules")
    }
    if sections.isEmpty, let first {
      throw .noRules(nearest: nearest, line: first.number, source: first.text)
    }
    let parts = try parts()
    var rulesets: [Ruleset] = []
    for family in IPFamily.allCases where options.family == nil || options.family == family {
      let own = parts.filter { $0.family == family }
      if !own.isEmpty { rulesets.append(try ruleset(family, own)) }
    }
    guard !rulesets.isEmpty || parts.isEmpty else { throw .tables(otherFamilyOnly) }
    if rulesets.isEmpty { rulesets = [Ruleset(options.family ?? .ipv4)] }
    report.families = rulesets.map(\.family)
    if hidesTables, listed.count < TableName.allCases.count - 1 { report.coverage.tables = listed }
    return RulesText(rulesets: rulesets, report: report)
  }

  /// True if the text may have lost tables, or is of a form that shows one table at a time.
  private var hidesTables: Bool {
    guard !report.forms.isEmpty else { return false }
    return report.forms.allSatisfy(\.listsOneTable)
      || report.forms == [.save] && (isCutAtEnd || !gaps.isEmpty)
  }

  private var otherFamilyOnly: String {
    let wanted = options.family ?? .ipv4
    return "the text has no \(wanted) rules; these are \(wanted == .ipv4 ? IPFamily.ipv6 : .ipv4) rules"
  }

  private var nearest: RulesForm { first?.text.hasPrefix("{") == true ? .nftJSON : .save }
}

/// A section with its table and family.
private struct PlacedSection {
  let section: RuleSection
  let table: TableName
  var family: IPFamily
}

/// Families and tables.
extension RulesAssembly {
  /// The sections with tables and families.
  ///
  /// A part is a run of sections of one family with each table once. A part without an address is of the family that
  /// the user names, else of IPv4 unless the whole text is IPv6.
  private mutating func parts() throws(RulesTextError) -> [PlacedSection] {
    var placed: [PlacedSection] = []
    var part: (start: Int, family: IPFamily?, tables: Set<TableName>) = (0, nil, [])
    var families: [IPFamily?] = []
    for section in sections {
      let table = try table(of: section)
      let family = section.family ?? section.evidentFamily
      let conflicts = family != nil && part.family != nil && family != part.family
      if conflicts || part.tables.contains(table) && section.form != .commands {
        part = (placed.count, nil, [])
      }
      part.family = part.family ?? family
      part.tables.insert(table)
      placed.append(PlacedSection(section: section, table: table, family: .ipv4))
      families.append(family)
      for index in part.start..<families.count { families[index] = part.family }
    }
    let known = Set(families.compactMap(\.self))
    let usual = options.family ?? (known.count == 1 ? known.first : nil) ?? .ipv4
    for index in placed.indices { placed[index].family = families[index] ?? usual }
    return placed
  }

  private mutating func table(of section: RuleSection) throws(RulesTextError) -> TableName {
    if section.form == .save || section.form == .commands, let table = section.table { return table }
    let inference = TableInference(section)
    if options.table == nil, let table = section.table, (try? inference.table(given: table)) != nil {
      return table
    }
    let table = try inference.table(given: options.table)
    if options.table == nil, !report.inferredTables.contains(table) { report.inferredTables.append(table) }
    return table
  }
}

/// Tables from sections.
extension RulesAssembly {
  /// The tables of one family. Of several sections about a table, those of the most exact form with rules are read; the
  /// last of them counts.
  private mutating func ruleset(_ family: IPFamily, _ sections: [PlacedSection]) throws(RulesTextError)
    -> Ruleset
  {
    var tables: [Table] = []
    for name in TableName.allCases {
      let own = sections.filter { $0.table == name }
      let candidates = own.contains(where: \.section.hasRules) ? own.filter(\.section.hasRules) : own
      guard
        let form = RulesForm.allCases.first(where: { form in candidates.contains { $0.section.form == form } }
        )
      else { continue }
      for other in own where other.section.form != form {
        report.passedOver.add(other.section.lines.count, .repetition)
      }
      var readings: [Table] = []
      for section in own where section.section.form == form {
        readings.append(try table(section, family))
      }
      if !report.forms.contains(form) { report.forms.append(form) }
      listed.insert(name)
      note(readings, name, family)
      if let last = readings.last { tables.append(last) }
    }
    return Ruleset(family, tables: tables)
  }

  private mutating func note(_ readings: [Table], _ name: TableName, _ family: IPFamily) {
    guard readings.count > 1, let last = readings.last else { return }
    let place = "table \(name.rawValue) (\(family)) occurs \(readings.count) times"
    let isSame = readings.allSatisfy { $0 == last }
    report.remarks.append(
      isSame ? "\(place) with the same rules" : "\(place) with different rules; the last one counts")
  }

  private mutating func table(_ placed: PlacedSection, _ family: IPFamily) throws(RulesTextError) -> Table {
    let section = placed.section
    let form = section.form
    let unreached =
      form == .save && !options.keepsUnreachedChains ? ChainReach.unreachedChains(in: section.lines) : []
    let context = ReadingContext(family: family, names: options.names)
    var reader = SectionReader(placed.table, context, unreached: unreached)
    var isCutHere = false
    do throws(IptablesSyntaxError) {
      switch form {
      case .listing, .verboseListing: try reader.readListing(section.lines, family, options.names)
      case .save, .listRules, .commands, .nftText, .nftJSON:
        try reader.readCommands(section.lines, isScript: form == .commands)
      }
    } catch {
      guard isCut(error) else { throw .syntax(error, form) }
      report.gap = "line \(error.line) is cut"
      isCutHere = true
    }
    take(reader, form, placed.table)
    note(
      section, reader.table, family, endsEarly: isCutHere || isCut(section),
      missingEnd: section.missingEnd(of: reader.table))
    return reader.table
  }

  /// True if the end of a section is missing.
  private func isCut(_ section: RuleSection) -> Bool {
    if section.form == .save { return !section.isCommitted }
    return cutLine != nil && section.lines.last?.number == sections.last?.lines.last?.number
  }

  /// Notes the part of a table that is shown, if it is not all.
  private mutating func note(
    _ section: RuleSection, _ table: Table, _ family: IPFamily, endsEarly: Bool, missingEnd: String?
  ) {
    let endsEarly = endsEarly || missingEnd != nil
    let coverage = SectionCoverage(section, table, endsEarly: endsEarly)
    report.coverage[table.name, family] = coverage.part
    isCutAtEnd = isCutAtEnd || endsEarly
    guard report.gap == nil else { return }
    if let cutLine, endsEarly {
      report.gap = "line \(cutLine) is cut"
    } else if section.form == .save, endsEarly {
      report.gap = "the section of table \(table.name.rawValue) does not end with COMMIT"
    } else {
      report.gap = coverage.reason ?? missingEnd
    }
  }

  private mutating func take(_ reader: SectionReader, _ form: RulesForm, _ table: TableName) {
    if form == .listing { report.hidesInterfaces = true }
    if form == .save {
      report.remarks += reader.undeclared.map {
        "chain \($0) of table \(table.rawValue) is used without a declaration"
      }
    }
    if let first = reader.ineffective.first {
      let count = reader.ineffective.count
      report.remarks.append(
        "\(count == 1 ? "a command has" : "\(count) commands have") no effect, the first in line \(first.line): \(first.reason)"
      )
    }
  }

  /// True for a mistake in the last word of the text's last line, or of a line before a gap.
  private func isCut(_ error: IptablesSyntaxError) -> Bool {
    let isLast = error.line == lastLine || gaps.contains(error.line + 1)
    let lastWord = error.source.count - (error.source[...].words.last?.count ?? 0)
    return isLast && error.column > lastWord && (endsInLine || error.column > error.source.count)
  }
}
