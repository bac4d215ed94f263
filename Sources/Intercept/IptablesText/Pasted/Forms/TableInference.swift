import NetworkValues
import RuleModel

/// Finds the table of rules without a table line, from their chains and targets.
struct TableInference {
  /// A fact that only some tables allow.
  private struct Fact {
    let words: String
    let tables: Set<TableName>
    let line: Int
  }

  private var facts: [Fact] = []
  /// The built-in chains whose declarations are listed.
  private var declared: [Hook] = []
  private var names: Set<String> = []

  init(_ section: RuleSection) {
    switch section.form {
    case .listing, .verboseListing: readListing(section.lines)
    case .save, .listRules, .commands, .nftText, .nftJSON: readCommands(section.lines)
    }
  }

  /// The table of the rules.
  ///
  /// - Parameter given: the user's `--table`.
  /// - Throws: `RulesTextError` if a chain or target contradicts it, or two of them contradict each other.
  func table(given: TableName?) throws(RulesTextError) -> TableName {
    if let given {
      if let wrong = facts.first(where: { !$0.tables.contains(given) }) {
        throw .tables(
          "--table \(given.rawValue): line \(wrong.line) has \(wrong.words), which only \(Self.list(wrong.tables))"
        )
      }
      return given
    }
    var candidates = Set(TableName.allCases)
    var last: Fact?
    for fact in facts where !candidates.isSubset(of: fact.tables) {
      guard !candidates.isDisjoint(with: fact.tables) else {
        let before = last.map { "\($0.words) in line \($0.line), which only \(Self.list($0.tables))" } ?? ""
        throw .tables(
          "the rules are of no single table: \(before), and \(fact.words) in line \(fact.line), which only \(Self.list(fact.tables)); give the tables one after the other, each with a line such as '*nat'"
        )
      }
      candidates.formIntersection(fact.tables)
      last = fact
    }
    return preferred(candidates)
  }

  private static func list(_ tables: Set<TableName>) -> String {
    let names = tables.sorted().map(\.rawValue)
    return "table \(names.joined(separator: " or ")) allows"
  }

  /// The likeliest of several tables: that with exactly the declared chains, then that of Istio's chains.
  private func preferred(_ candidates: Set<TableName>) -> TableName {
    let order = order.filter(candidates.contains)
    let exact = order.first { Set($0.hooks) == Set(declared) && !declared.isEmpty }
    return exact ?? order.first ?? .filter
  }

  private var order: [TableName] {
    if !names.isDisjoint(with: ["ISTIO_TPROXY", "ISTIO_DIVERT", "ISTIO_DROP", "MARK", "CONNMARK"]) {
      return [.mangle, .nat, .filter, .raw, .security]
    }
    return names.contains { $0.hasPrefix("ISTIO_") }
      ? [.nat, .mangle, .raw, .filter, .security] : [.filter, .nat, .mangle, .raw, .security]
  }
}

/// Facts.
extension TableInference {
  private mutating func readCommands(_ lines: NumberedLines) {
    for line in lines {
      let words = line.text[...].words
      if let index = words.firstIndex(where: RuleCommandName.contains), index + 1 < words.count {
        add(chain: words[index + 1], line, isDeclaration: ["-P", "--policy"].contains(words[index]))
      } else if let declaration = line.text[...].dropping(":") {
        add(chain: declaration.firstWord, line, isDeclaration: true)
      }
      if let jump = words.firstIndex(where: { ["-j", "--jump", "-g", "--goto"].contains($0) }),
        jump + 1 < words.count
      {
        add(target: words[jump + 1], line)
      }
    }
  }

  private mutating func readListing(_ lines: NumberedLines) {
    var columns = ListingColumns("")
    for line in lines {
      switch LineKind(line.text[...]) {
      case .chain: add(chain: line.text[...].words[1], line, isDeclaration: true)
      case .columns: columns = ListingColumns(line.text[...])
      default: if let target = columns.row(line.text[...])?.target { add(target: target, line) }
      }
    }
  }

  private mutating func add(chain: Substring, _ line: NumberedLine, isDeclaration: Bool) {
    names.insert(String(chain))
    guard let hook = Hook(rawValue: String(chain)) else { return }
    let tables = Set(TableName.allCases.filter { $0.hooks.contains(hook) })
    facts.append(Fact(words: "chain \(chain)", tables: tables, line: line.number))
    if isDeclaration { declared.append(hook) }
  }

  private mutating func add(target: Substring, _ line: NumberedLine) {
    names.insert(String(target))
    guard let tables = Self.tables[String(target)] else { return }
    facts.append(Fact(words: "target \(target)", tables: tables, line: line.number))
  }

  /// The tables where the kernel accepts a target.
  private static let tables: [String: Set<TableName>] = [
    "REDIRECT": [.nat], "DNAT": [.nat], "SNAT": [.nat], "MASQUERADE": [.nat], "NETMAP": [.nat],
    "TPROXY": [.mangle], "CHECKSUM": [.mangle], "DSCP": [.mangle], "ECN": [.mangle], "TOS": [.mangle],
    "TTL": [.mangle], "HL": [.mangle], "CT": [.raw], "NOTRACK": [.raw], "REJECT": [.filter],
  ]
}
