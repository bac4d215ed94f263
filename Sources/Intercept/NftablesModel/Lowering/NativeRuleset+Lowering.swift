import NetworkValues
public import RuleModel

extension NativeRuleset {
  /// The native form of the rules of one family, or of both.
  ///
  /// Every packet meets the verdict that the iptables form has for it, and packets of a family without rules pass
  /// untouched. Rules that do the same to packets that differ in one address, port or owner become one rule over a
  /// set, so that the cost of a connection does not grow with their number.
  ///
  /// - Throws: if a rule cannot be said in the native form; no rule of Istio's is such.
  public init(lowering rulesets: [Ruleset]) throws(NativeFormError) {
    var tables: [NativeTable] = []
    for ruleset in rulesets {
      for table in ruleset.tables
      where !NativeTableName.allCases.contains(where: { $0.iptablesName == table.name }) {
        throw .noForm("-t \(table.name.rawValue)", "the native form has raw, mangle and nat")
      }
    }
    for name in NativeTableName.allCases {
      let ipv4 = try LoweredTable(rulesets, .ipv4, name)
      let ipv6 = try LoweredTable(rulesets, .ipv6, name)
      tables.append(FamilyMerge.merged(ipv4, ipv6).native(name))
    }
    self.init(tables: tables)
  }
}

extension LoweredTable {
  /// A table of one family; nil if there is none.
  fileprivate init?(_ rulesets: [Ruleset], _ family: IPFamily, _ name: NativeTableName)
    throws(NativeFormError)
  {
    guard let table = rulesets.first(where: { $0.family == family })?[name.iptablesName] else { return nil }
    self = try LoweredTable(table, family).finished
  }
}
