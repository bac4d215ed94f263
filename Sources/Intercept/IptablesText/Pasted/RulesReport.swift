public import NetworkValues
public import RuleModel

/// The form of a text of rules, and the parts that were left out.
public struct RulesReport: Hashable, Sendable {
  /// The forms of the tables that were read, each once.
  public var forms: [RulesForm] = []
  public var families: [IPFamily] = []
  /// The tables that follow from chains and targets, since the text does not name them.
  public var inferredTables: [TableName] = []
  public var passedOver = PassedOverLines()
  /// The reason for which the text is incomplete, in a sentence; nil if it seems complete.
  public var gap: String?
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
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// The remarks about the reading, for a person.
  public var notes: [String] {
    var notes = remarks
    if passedOver.count > 0 { notes.append(passedOver.description) }
    if let gap {
      notes.append(
        "the text is incomplete: \(gap); rules that seem missing may be in the part that is not shown")
    }
    if hidesInterfaces {
      notes.append("a listing without -v shows no interfaces: conditions on them are not compared")
    }
    return notes
  }
}
