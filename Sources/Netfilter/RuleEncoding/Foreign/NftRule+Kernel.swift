import CNetfilter
package import Intercept
package import NFTables

extension NftRule {
  /// Decodes a rule of any table.
  ///
  /// - Parameter sets: the sets of the table by name, with their elements.
  package init(live rule: RawRule, of table: RawTable, sets: [String: LiveNativeSet]) {
    var decoder = NftRuleDecoder(table, sets: sets)
    let listed = NftRule(decoder.text(of: rule))
    let read = table.family.addressFamily.map { listed.naming(rule.targets, $0) } ?? listed
    self = read.with(
      comment: RuleComment(userdata: rule.userdata)?.text, handle: rule.handle?.rawValue,
      counters: read.counters)
  }
}

extension RawRule {
  /// The targets of x_tables.
  fileprivate var targets: [XtExtension] {
    expressions.compactMap { if case .target(let target) = $0 { target } else { nil } }
  }
}

extension NftRule {
  /// The rule with the effects of targets of x_tables, of which `nft` prints the names alone: `xt target "REJECT"`.
  fileprivate func naming(_ targets: [XtExtension], _ family: IPFamily) -> NftRule {
    guard !targets.isEmpty else { return self }
    var rest = targets[...]
    let parts = parts.map { part -> NftPart in
      guard case .statement(.opaque(let text)) = part, text.hasPrefix("xt target "),
        let statement = rest.popFirst().flatMap({ NftStatement(Target($0, family)) })
      else { return part }
      return .statement(statement)
    }
    return NftRule(parts, text: text, comment: comment, handle: handle, counters: counters)
  }
}

extension NftStatement {
  /// The statement with the effect of a target; nil if there is none.
  fileprivate init?(_ target: Target) {
    switch target {
    case .redirect(let target) where !target.isRandom && !target.isFullyRandom: self = .redirect(target.ports)
    case .ct(let target) where target.isUntracked: self = .untrack
    case .opaque(let target) where target.name == "REJECT": self = .reject("")
    case .redirect, .ct, .opaque, .accept, .drop, .return, .jump, .goto, .none, .mark, .connmark, .tproxy:
      return nil
    }
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
