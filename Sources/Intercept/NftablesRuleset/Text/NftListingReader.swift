import RuleModel

extension NftRuleset {
  /// Reads what `nft list ruleset` prints, with handles (`-a`) or without figures (`-s`).
  ///
  /// Objects that are neither chains nor sets (flow tables, quotas, helpers) are skipped.
  ///
  /// - Throws: ``NftSyntaxError`` if the text is not a listing of tables.
  public init(listing text: String) throws(NftSyntaxError) {
    var reader = NftListingReader(NftToken.tokens(of: text))
    self.init(tables: try reader.readTables())
  }
}

/// Reads tables, chains and sets of a listing. Nesting is limited by the grammar: nothing is recursive.
struct NftListingReader {
  private var cursor: NftCursor
  private var line = 1

  init(_ tokens: [NftToken]) {
    cursor = NftCursor(tokens[...])
  }

  mutating func readTables() throws(NftSyntaxError) -> [NftTable] {
    var tables: [NftTable] = []
    var positions: [String: Int] = [:]
    skipLines()
    while let first = cursor.first {
      line = first.line
      guard cursor.take("table") else { throw error("a table") }
      let table = try readTable()
      // A table that is listed twice has the later contents; outputs of `nft list chain` show other chains each.
      if let position = positions[table.title] {
        tables[position] = tables[position].joined(with: table) ?? table
      } else {
        positions[table.title] = tables.count
        tables.append(table)
      }
      skipLines()
    }
    return tables
  }

  private mutating func readTable() throws(NftSyntaxError) -> NftTable {
    var family = NftFamily.ip
    if let named = cursor.first.flatMap({ NftFamily(rawValue: $0.text) }) {
      family = named
      cursor.take()
    }
    guard let name = cursor.takeText() else { throw error("the name of a table") }
    guard cursor.takeMark("{") else { throw error("'{'") }
    var table = NftTable(family, name)
    while try !isAtBlockEnd() {
      try readMember(of: &table)
    }
    return table
  }

  private mutating func readMember(of table: inout NftTable) throws(NftSyntaxError) {
    guard let word = cursor.first, word.kind == .word else { throw error("a chain, a set or '}'") }
    line = word.line
    cursor.take()
    switch word.text {
    case "flags":
      let flags = cursor.take { $0.kind == .newline || $0.isMark(";") }
      table.isDormant = flags.contains { $0.text == "dormant" }
    case "comment": cursor.take()
    case "chain": table.chains.append(try readChain(table.family))
    case "set", "map": table.sets.append(try readSet())
    case "flowtable", "counter", "quota", "limit", "secmark", "synproxy", "ct":
      _ = cursor.take { $0.isMark("{") || $0.isMark("}") }
      guard cursor.takeBraces() != nil else { throw error("the object's block in braces") }
    default: throw NftSyntaxError(line: line, word: word.text, expected: "a chain, a set or '}'")
    }
  }

  /// Consumes line ends and comments, then the block's closing brace; false if something else follows.
  private mutating func isAtBlockEnd() throws(NftSyntaxError) -> Bool {
    skipLines()
    if cursor.takeMark("}") { return true }
    if cursor.isAtEnd { throw error("'}'") }
    return false
  }

  private mutating func skipLines() {
    while let next = cursor.first, next.kind == .newline || next.kind == .comment || next.isMark(";") {
      line = next.line
      cursor.take()
    }
  }

  private func error(_ expected: String) -> NftSyntaxError {
    NftSyntaxError(
      line: cursor.first?.line ?? line,
      word: cursor.first.map { $0.kind == .newline ? "end of line" : $0.text },
      expected: expected)
  }
}

extension NftTable {
  /// The table with the chains of another part of it; nil if both have a chain.
  fileprivate func joined(with other: NftTable) -> NftTable? {
    guard !chains.isEmpty, Set(chains.map(\.name)).isDisjoint(with: other.chains.map(\.name)) else {
      return nil
    }
    return NftTable(
      family, name, isDormant: isDormant || other.isDormant, chains: chains + other.chains,
      sets: sets + other.sets.filter { self[set: $0.name] == nil })
  }
}

extension NftListingReader {
  private mutating func readChain(_ family: NftFamily) throws(NftSyntaxError) -> NftChain {
    guard let name = cursor.takeText() else { throw error("the name of a chain") }
    guard cursor.takeMark("{") else { throw error("'{'") }
    var chain = NftChain(name)
    while try !isAtBlockEnd() {
      guard let first = cursor.first else { continue }
      line = first.line
      if isDeclaration(first) {
        try readDeclaration(of: &chain, family)
      } else {
        chain.rules.append(readRule())
      }
    }
    return chain
  }

  private func isDeclaration(_ first: NftToken) -> Bool {
    guard first.kind == .word, let second = cursor.rest.dropFirst().first else { return false }
    return switch first.text {
    case "type": ["filter", "nat", "route"].contains(second.text)
    case "policy": second.text == "accept" || second.text == "drop"
    case "flags", "comment": true
    default: false
    }
  }

  /// Consumes `type filter hook input priority filter; policy drop;`, a policy, flags or a comment.
  private mutating func readDeclaration(of chain: inout NftChain, _ family: NftFamily) throws(NftSyntaxError)
  {
    let words = Array(cursor.take { $0.kind == .newline || $0.isMark(";") || $0.isMark("}") })
    switch words.first?.text {
    case "type":
      guard let base = NftBaseChain(declaration: words, family) else {
        throw NftSyntaxError(
          line: line, word: words.map(\.source).joined(separator: " "),
          expected: "'type TYPE hook HOOK priority PRIORITY'")
      }
      chain.base = base
    case "policy": chain.base?.policy = words.last?.text == "drop" ? .drop : .accept
    default: break
    }
  }

  /// Consumes the tokens of a rule: to the end of the line outside braces.
  private mutating func readRule() -> NftRule {
    let rest = cursor.rest
    _ = cursor.take { [.newline, .comment].contains($0.kind) || $0.isMark(";") || $0.isMark("}") }
    if cursor.first?.kind == .comment { cursor.take() }
    var reader = NftRuleReader(rest[..<cursor.rest.startIndex])
    return reader.read()
  }

  private mutating func readSet() throws(NftSyntaxError) -> NftSet {
    guard let name = cursor.takeText() else { throw error("the name of a set") }
    guard let block = cursor.takeBraces() else { throw error("the set's block in braces") }
    return NftSet(name, contents: block)
  }
}

extension NftBaseChain {
  /// Reads `type nat hook output priority dstnat + 10`, with a device or several before the priority.
  fileprivate init?(declaration words: [NftToken], _ family: NftFamily) {
    var cursor = NftCursor(words[...])
    guard cursor.take("type"), let kind = cursor.takeText().flatMap(Kind.init(rawValue:)),
      cursor.take("hook"),
      let point = cursor.takeText().flatMap({ Point(name: $0) })
    else { return nil }
    let devices = cursor.take { $0.isWord("priority") }.filter {
      $0.kind == .quoted || $0.kind == .word && !["device", "devices", "="].contains($0.text)
    }
    guard cursor.take("priority"), let priority = cursor.takePriority(family) else { return nil }
    self.init(kind, point, priority: priority, devices: devices.map(\.text))
  }
}

extension NftCursor {
  /// Consumes `-100`, `filter`, `dstnat - 1`, `mangle+5`.
  fileprivate mutating func takePriority(_ family: NftFamily) -> Int32? {
    let text = take { _ in false }.map(\.text).joined()
    if let number = Int32(text) { return number }
    let name = text.prefix { $0 != "+" && $0 != "-" }
    guard let base = NamedPriority.value(String(name), family) else { return nil }
    let offset = text.dropFirst(name.count)
    guard !offset.isEmpty else { return base }
    guard let number = Int32(offset) else { return nil }
    let (sum, isTooLarge) = base.addingReportingOverflow(number)
    return isTooLarge ? nil : sum
  }
}

extension NftSet {
  /// Reads the block of a set or map: type, flags, elements.
  fileprivate init(_ name: String, contents: ArraySlice<NftToken>) {
    var cursor = NftCursor(contents)
    var kinds: [NftValueKind] = []
    var data: NftCursor.MapData?
    var elements: NftElements? = NftElements([])
    while let word = cursor.take() {
      switch word.text {
      case "type", "typeof": (kinds, data) = cursor.takeType(isOfFields: word.text == "typeof")
      case "elements":
        _ = cursor.take("=")
        elements = cursor.takeBraces().flatMap { NftElements($0, kinds, data: data) }
      default: break
      }
    }
    self.init(name, elements: elements)
  }
}

extension NftCursor {
  /// Consumes `ipv4_addr . inet_service : verdict`, or fields in place of the types.
  fileprivate mutating func takeType(isOfFields: Bool) -> ([NftValueKind], MapData?) {
    let words = take { $0.kind == .newline || $0.isMark(";") }
    var line = NftCursor(words)
    let key = NftCursor(line.take { $0.isWord(":") }).kinds(isOfFields)
    guard line.take(":") else { return (key, nil) }
    return (key, line.first?.text == "verdict" ? .verdict : .values(line.kinds(isOfFields)))
  }

  private func kinds(_ isOfFields: Bool) -> [NftValueKind] {
    var cursor = self
    if isOfFields { return cursor.takeKeys()?.map(\.kind) ?? [.other] }
    return rest.filter { $0.text != "." }.map { NftValueKind(type: $0.text) }
  }
}

extension NftSet {
  /// Makes a set or map from elements in the syntax of `nft`.
  ///
  /// - Parameters:
  ///   - name: the set's name.
  ///   - kinds: the kinds of the key's fields.
  ///   - dataKinds: for a map the kinds of its data, nil there for verdicts; nil for a set.
  ///   - elements: the elements as `nft` writes them.
  public init(_ name: String, kinds: [NftValueKind], dataKinds: [NftValueKind]??, elements: [String]) {
    let tokens = NftToken.tokens(of: elements.joined(separator: ", "))
    let data = dataKinds.map { $0.map { NftCursor.MapData.values($0) } ?? .verdict }
    self.init(name, elements: NftElements(tokens[...], kinds, data: data))
  }
}
