public import NetworkValues
public import RuleModel

/// The form of a text of rules, and the parts that were left out.
public struct RulesReport: Hashable, Sendable {
  /// The forms of the tables that were read, each once.
  public var forms: [RulesForm] = []
  public var families: [IPFamily] = []
  /// The tables that follow from chains and targets, since the text does not name them.
  public var inferredTables: [TableName] = []
  /// The tables and chains that are shown: a listing shows one table at a time, and a text may be a part of one.
  public var coverage = RuleCoverage()
  public var passedOver = PassedOverLines()
  /// The reason for which the text is incomplete, in a sentence; nil if it seems complete.
  public var gap: String?
  /// True if the end of the last table is missing.
  public var endsEarly = false
  /// True if a listing does not show the interfaces of its rules.
  public var hidesInterfaces = false
  /// Remarks, each a sentence: repetitions, warnings of iptables-save, commands without effect.
  public var remarks: [String] = []

  public init() {}

  /// The families, forms and inferred tables in a line: `IPv4, iptables -S, table nat`.
  public var summary: String {
    let tables = inferredTables.map(\.rawValue)
    let parts = [
      families.map(\.description).joined(separator: " and "),
      forms.map(\.rawValue).joined(separator: " and "),
      tables.isEmpty ? "" : "table\(tables.count == 1 ? "" : "s") \(tables.joined(separator: ", "))",
      gap == nil ? "" : "incomplete",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The reason for which the text is incomplete, and the conclusions that do not follow; nil if it seems complete.
  public var incompleteness: String? {
    gap.map { gap in
      let parts = coverage.chainsOfParts.map { table, whole, cut in
        let judged = whole.isEmpty ? "no chain" : "only \(Self.names(whole))"
        let inPart = cut.isEmpty ? "" : ", and \(Self.names(cut)) in part"
        return "of table \(table.rawValue), \(judged) can be judged\(inPart)"
      }
      let missing = "rules that seem missing may be in the part that is not shown"
      return ([gap] + parts + (parts.isEmpty || coverage.hasGaps ? [missing] : [])).joined(separator: "; ")
    }
  }

  private static func names(_ chains: [ChainName]) -> String {
    let names = chains.prefix(shownChains).map(\.text).joined(separator: ", ")
    return chains.count > shownChains ? "\(names) and \(chains.count - shownChains) more" : names
  }

  private static let shownChains = 8

  /// The remarks about the reading, for a person.
  public var notes: [String] {
    var notes = remarks
    if passedOver.count > 0 { notes.append(passedOver.description) }
    if let incompleteness { notes.append("the text is incomplete: \(incompleteness)") }
    if let tables = coverage.tables {
      let names = tables.sorted().map(\.rawValue).joined(separator: ", ")
      notes.append(
        "only table\(tables.count == 1 ? "" : "s") \(names) can be judged: the text does not list others"
      )
    }
    if hidesInterfaces {
      notes.append("a listing without -v shows no interfaces: conditions on them are not compared")
    }
    return notes
  }
}
