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
    /// False to leave out the rules of chains of other programs that no packet reaches, of a text in the form of
    /// `iptables-save`. They are checked all the same.
    public var keepsUnreachedChains: Bool

    public init(
      family: IPFamily? = nil, table: TableName? = nil, names: NameResolver = .wellKnown,
      keepsUnreachedChains: Bool = true
    ) {
      self.family = family
      self.table = table
      self.names = names
      self.keepsUnreachedChains = keepsUnreachedChains
    }
  }

  /// Reads a text of iptables.
  ///
  /// - Parameters:
  ///   - bytes: the file: UTF-8 or UTF-16.
  ///   - options: the user's knowledge of the text.
  /// - Throws: an error if the text contains neither rules nor the comments of an empty dump, or a rule is wrong.
  public static func read(_ bytes: [UInt8], _ options: Options = Options()) throws(RulesTextError)
    -> RulesText
  {
    try PastedText(bytes).rules(options)
  }
}
