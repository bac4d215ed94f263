public import RuleModel

/// The connections that Istio's rules of a family capture, as far as rules of other programs can be compared with them.
public struct CapturedTraffic: Sendable {
  private let paths: [Hook: [[RuleCondition]]]

  /// - Parameter ruleset: the rules of the family that contain Istio's.
  public init(_ ruleset: Ruleset) {
    let hooks: [Hook] = [.prerouting, .output]
    paths = Dictionary(uniqueKeysWithValues: hooks.map { ($0, Self.paths(ruleset, at: $0)) })
  }

  private static func paths(_ ruleset: Ruleset, at hook: Hook) -> [[RuleCondition]] {
    [TableName.mangle, .nat].compactMap { ruleset[$0] }.flatMap { table in
      let decided = DecidedPackets(in: table, at: hook)
      let callers = (table[ChainName(hook)]?.rules ?? []).filter { $0.target.destination?.isIstio == true }
      let nat = DecidedPackets.givenOfNAT(at: hook)
      return decided.paths(of: callers).joined().filter(\.hasEffect).map { $0.conditions + nat }
    }
  }

  /// False if certainly no connection that Istio's rules capture at the hook begins with a packet that the rule matches.
  ///
  /// - Parameters:
  ///   - rule: a rule of another program in a chain for NAT.
  ///   - hook: the hook of the chain.
  public func mayBeTaken(by rule: Rule, at hook: Hook) -> Bool {
    paths[hook]?.contains { rule.mayMatch($0) } ?? false
  }
}
