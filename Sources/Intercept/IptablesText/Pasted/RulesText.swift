public import NetworkValues
public import RuleModel

/// Rules from a text as people have it: output of iptables-save, `iptables -S` or `iptables -L`, or commands, with or
/// without logs, prompts and markup around it.
public struct RulesText: Sendable {
  /// The rules of each family in the text; one empty rule set for a text without rules.
  public let rulesets: [Ruleset]
  /// The form of the text, and the parts that were left out.
  public let report: RulesReport

  /// The user's knowledge of a text.
  public struct Options: Sendable {
    /// The family to read; nil for every family in the text.
    public var family: IPFamily?
    /// The table of rules without a table line; nil to infer it.
    public var table: TableName?
    public var names: NameResolver

    public init(family: IPFamily? = nil, table: TableName? = nil, names: NameResolver = .wellKnown) {
      self.family = family
      self.table = table
      self.names = names
    }
  }

  /// Reads a text.
  ///
  /// - Parameter bytes: the file: UTF-8 or UTF-16.
  /// - Throws: an error if the text contains neither rules nor the comments of an empty dump, or a rule is wrong.
  public static func read(_ bytes: [UInt8], _ options: Options = Options()) throws(RulesTextError)
    -> RulesText
  {
    let decoded = TextDecoding.utf8(bytes)
    let text = String(decoding: decoded, as: UTF8.self)
    if let document = NftSource(json: text) { return try document.rules(options) }
    let lines = LineUnwrapper.lines(text)
    if let document = NftSource(lines) { return try document.rules(options) }
    let builder: SectionBuilder
    do throws(IptablesSyntaxError) {
      builder = try SectionBuilder(lines)
    } catch {
      throw .syntax(error, .save)
    }
    var assembly = RulesAssembly(builder, options)
    assembly.lastLine = lines.last { !$0.text.isEmpty }?.number
    assembly.endsInLine = decoded.last != .newline
    return try assembly.rules()
  }
}
