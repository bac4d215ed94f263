import CNetfilter
package import Intercept
package import NFTables

extension NftRule {
  /// Decodes a rule of any table.
  ///
  /// - Parameter sets: the sets of the table by name, with their elements.
  package init(live rule: RawRule, of table: RawTable, sets: [String: LiveNativeSet]) {
    var decoder = NftRuleDecoder(table, sets: sets)
    let read = NftRule(decoder.text(of: rule))
    self = read.with(
      comment: RuleComment(userdata: rule.userdata)?.text, handle: rule.handle?.rawValue,
      counters: read.counters)
  }
}

extension NftBaseChain {
  /// Nil if the type or hook is not known.
  package init?(_ base: BaseChain, _ family: NftFamily) {
    guard let kind = Kind(rawValue: base.type.rawValue) else { return nil }
    let point: Point
    if family == .netdev {
      point = base.hook.rawValue == 0 ? .ingress : .egress
    } else if base.hook.rawValue == UInt32(NF_INET_INGRESS.rawValue) {
      point = .ingress
    } else if let hook = Hook.allCases.first(where: { BaseChain.HookNumber($0) == base.hook }) {
      point = .inet(hook)
    } else {
      return nil
    }
    self.init(kind, point, priority: base.priority, policy: base.policy == .drop ? .drop : .accept)
  }
}
