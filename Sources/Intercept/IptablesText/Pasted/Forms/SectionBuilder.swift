import NetworkValues
import RuleModel

/// Groups the lines of a text by table, form and family.
struct SectionBuilder {
  private(set) var sections: [RuleSection] = []
  private(set) var passedOver = PassedOverLines()
  /// Warnings of `iptables-save` about rules that are missing from its output.
  private(set) var warnings: [NumberedLine] = []
  /// Numbers of the lines that report a gap in the text.
  private(set) var gaps: [Int] = []
  /// The first line with a rule after `#`.
  private(set) var commented: NumberedLine?
  private var open: RuleSection?
  /// A gap before the first line of a section.
  private var gapBefore: Int?
  /// The number of a line of other text after the last row of the open listing.
  private var interruption: Int?
  private var group = ChainGroup()
  private var heading: (family: IPFamily?, table: TableName?) = (nil, nil)
  /// True if the heading is a command whose output may follow, and no section follows it yet.
  private var isCommandPending = false
  /// True within the branch of a script's `if` or `case`.
  private var isConditional = false
  /// The first command that a script carries out under a condition.
  private(set) var conditional: NumberedLine?
  /// True if `#` before a command is root's prompt: no command of the text is without one.
  private lazy var hasRootPrompt = !lines.contains { line in
    line.text.utf8.first?.isLowercase == true && LineKind(line.text[...]).changesRules
  }
  /// The index in `sections` of each table that commands change.
  private var scripts: [CommandPlace: Int] = [:]

  private struct CommandPlace: Hashable {
    let family: IPFamily?
    let table: TableName
  }

  private let lines: NumberedLines

  /// - Parameter isCut: true to leave out the last line.
  init(_ lines: NumberedLines, isCut: Bool = false) throws(IptablesSyntaxError) {
    self.lines = lines
    for line in lines.dropLast(isCut ? 1 : 0) { try add(line) }
    close()
  }

  private mutating func add(_ line: NumberedLine) throws(IptablesSyntaxError) {
    let kind = LineKind(line.text[...])
    let isDeclaration = open?.form == .save && line.text.utf8.first == .colon
    if kind == .rule && open?.form != .listing || isDeclaration, CutMark.ends(line.text[...]) {
      return addGap(line.number)
    }
    switch kind {
    case .blank, .separator: break
    case .comment: addComment(line)
    case .announcement(let family): begin(family: family, table: nil)
    case .table(let name): try openTable(named: name, line)
    case .commit:
      if open?.form == .save { open?.isCommitted = true } else { passedOver.add(line, .other) }
      close()
    case .rule: addRule(line)
    case .declaration where open?.form == .save: append(line)
    case .chain: addChain(line)
    case .commands where line.text.utf8.first == .numberSign && !hasRootPrompt: addComment(line)
    case .commands(let commands): add(commands, line)
    case .gap: addGap(line.number)
    case .columns, .declaration, .other, .nftTable: addOther(line)
    }
  }

  /// Notes a gap in the open section, in scripts, or before the next listing.
  private mutating func addGap(_ number: Int) {
    gaps.append(number)
    if open != nil {
      open?.gaps.append(number)
    } else {
      gapBefore = number
      for index in scripts.values { sections[index].gaps.append(number) }
    }
  }

  private mutating func addComment(_ line: NumberedLine) {
    if line.text.isWarning { warnings.append(line) }
    switch LineKind(line.text.drop { $0 == "#" }.droppingBlanks) {
    case .table, .declaration, .rule, .chain, .nftTable: commented = commented ?? line
    case .blank, .comment, .announcement, .commit, .columns, .commands, .gap, .separator, .other: break
    }
  }

  private mutating func begin(family: IPFamily?, table: TableName?) {
    close()
    heading = (family, table)
    isCommandPending = false
  }

  /// Begins the output of a command. The outputs of several commands in a row are of unknown order, so they have the
  /// family that all commands have.
  private mutating func begin(outputOf command: IptablesCommand) {
    let isSame = !isCommandPending || heading.family == command.family
    begin(family: isSame ? command.family : nil, table: command.table)
    isCommandPending = true
  }

  private mutating func close() {
    if let open { sections.append(open) }
    open = nil
    group = ChainGroup()
  }

  private mutating func openSection(_ form: RulesForm) {
    close()
    open = RuleSection(form: form, family: heading.family, table: heading.table, lines: lines.withoutLines)
    if form.listsOneTable, let gapBefore { open?.gaps = [gapBefore] }
    gapBefore = nil
    heading.table = nil
    isCommandPending = false
  }

  private mutating func openTable(named name: String, _ line: NumberedLine) throws(IptablesSyntaxError) {
    guard let table = TableName(rawValue: name) else {
      let known = TableName.allCases.map(\.rawValue).joined(separator: ", ")
      throw IptablesSyntaxError(
        line: line.number, column: 2, reason: "'\(name)' is not a table; the tables are \(known)",
        source: line.text)
    }
    openSection(.save)
    open?.table = table
  }
}

/// Rules.
extension SectionBuilder {
  private mutating func addRule(_ line: NumberedLine) {
    guard open?.form != .save else { return append(line) }
    let words = line.text[...].words
    if open?.form != .listRules || group.ends(before: words) || isOfOtherFamily(line) {
      openSection(.listRules)
    }
    group.add(words)
    // `-S -v` appends counters to policies, which no command takes.
    let counters = ["-P", "--policy"].contains(words[0]) ? words.firstIndex(of: "-c") : nil
    append(
      counters.map { NumberedLine(number: line.number, text: words[..<$0].joined(separator: " ")) } ?? line)
  }

  /// True if the addresses of a line and of the open section are of different families.
  private func isOfOtherFamily(_ line: NumberedLine) -> Bool {
    guard let known = group.family, let family = FamilyEvidence.family(of: line.text[...]) else {
      return false
    }
    return family != known
  }

  private mutating func append(_ line: NumberedLine) {
    open?.lines.append(line)
    if open?.form == .listRules, group.family == nil {
      group.family = FamilyEvidence.family(of: line.text[...])
    }
  }

  private mutating func addChain(_ line: NumberedLine) {
    let name = line.text[...].words[1]
    let isListing = open?.form == .listing || open?.form == .verboseListing
    if !isListing || group.ends(beforeChain: name) { openSection(.listing) }
    group.add(chain: name)
    interruption = nil
    append(line)
  }

  private mutating func addOther(_ line: NumberedLine) {
    isConditional = ScriptCondition.continues(after: line.text[...], isConditional)
    switch open?.form {
    case .listing?, .verboseListing?:
      if LineKind(line.text[...]) == .columns {
        showsInterfaces(line)
        append(line)
      } else if ListingColumns.mayBeRow(line.text[...]) {
        // The text may be the end of a row that a narrow window split.
        if let interruption { addGap(interruption) }
        interruption = nil
        append(line)
      } else {
        passedOver.add(line, .text)
        if !line.isFromLog { interruption = interruption ?? line.number }
      }
    case .save?:
      // Another program's output between the lines, or a mistake in them, which the reader reports.
      if line.isFromLog || line.text.isHarmlessNoise { passedOver.add(line, .text) } else { append(line) }
    case .listRules?, .commands?, .nftText?, .nftJSON?, nil:
      // The chain's name before the names of the columns is missing.
      if LineKind(line.text[...]) == .columns { addGap(line.number) }
      passedOver.add(line, .text)
    }
  }

  /// Changes the open section's form if its columns have interfaces.
  private mutating func showsInterfaces(_ line: NumberedLine) {
    guard open?.form == .listing, ListingColumns(line.text[...]).hasInterfaces, let listing = open else {
      return
    }
    open = RuleSection(
      form: .verboseListing, family: listing.family, table: listing.table, lines: listing.lines,
      gaps: listing.gaps)
  }

  private mutating func add(_ commands: [IptablesCommand], _ line: NumberedLine) {
    for command in commands {
      switch command.effect {
      case .listing: begin(outputOf: command)
      case .none: passedOver.add(line, .command)
      case .change(let text):
        close()
        if isConditional || ScriptCondition.precedesCommand(in: line.text[...]) {
          conditional = conditional ?? line
        }
        let place = CommandPlace(family: command.family, table: command.table ?? .filter)
        let index = scripts[place] ?? sections.count
        if scripts[place] == nil {
          sections.append(
            RuleSection(
              form: .commands, family: command.family, table: place.table, lines: lines.withoutLines))
        }
        scripts[place] = index
        sections[index].lines.append(NumberedLine(number: line.number, text: text))
      }
    }
  }
}
