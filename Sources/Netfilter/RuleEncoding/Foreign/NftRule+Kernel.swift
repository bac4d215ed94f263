import CNetfilter
package import Intercept
package import NFTables

extension NftRule {
  /// Decodes a rule of any table. One that iptables-nft wrote with parts of x_tables, of which `nft` prints the names
  /// alone, has the text of `iptables-save`.
  ///
  /// - Parameter sets: the sets of the table by name, with their elements.
  package init(live rule: RawRule, of table: RawTable, sets: [String: LiveNativeSet]) {
    var decoder = NftRuleDecoder(table, sets: sets)
    let listed = NftRule(decoder.text(of: rule))
    let read = table.family.addressFamily.map { listed.decoding(rule, $0) } ?? listed
    self = read.with(
      comment: RuleComment(userdata: rule.userdata)?.text, handle: rule.handle?.rawValue,
      counters: read.counters)
  }
}

extension RawRule {
  /// The matches and targets of x_tables.
  fileprivate var extensions: [XtPart] {
    expressions.compactMap { expression in
      switch expression {
      case .match(let match): .match(match)
      case .target(let target): .target(target)
      case .meta, .payload, .compare, .range, .bitwise, .byteorder, .lookup, .conntrack, .counter, .immediate,
        .redirect, .tproxy, .notrack, .unknown:
        nil
      }
    }
  }
}

/// An expression of a rule that holds a struct of x_tables.
private enum XtPart {
  case match(XtExtension)
  case target(XtExtension)

  /// The part of the model; nil for a target that the model of nf_tables does not have.
  func part(_ family: IPFamily) -> NftPart? {
    switch self {
    case .match(let match): .iptables(Match(match, family))
    case .target(let target): NftStatement(Target(target, family)).map(NftPart.statement)
    }
  }
}

extension NftRule {
  /// The rule with matches and targets of x_tables decoded.
  fileprivate func decoding(_ rule: RawRule, _ family: IPFamily) -> NftRule {
    var rest = rule.extensions[...]
    if rest.isEmpty { return self }
    let parts = parts.map { part -> NftPart in
      guard case .statement(.opaque(let text)) = part, text.hasPrefix("xt "), let known = rest.popFirst()
      else {
        return part
      }
      return known.part(family) ?? part
    }
    return NftRule(
      parts, text: Rule(rule, family).iptablesText, comment: comment, handle: handle, counters: counters)
  }
}

extension NftStatement {
  /// The statement with the effect of a target; nil if there is none.
  fileprivate init?(_ target: Target) {
    switch target {
    case .redirect(let target) where !target.isRandom && !target.isFullyRandom: self = .redirect(target.ports)
    case .ct(let target) where target.isUntracked: self = .untrack
    case .mark(let target): self = .setMark(NftMarkChange(target.mark))
    case .tproxy(let target) where target.mark.mask == 0: self = .tproxy(nil, nil, target.port)
    case .opaque(let target): self.init(target)
    case .redirect, .ct, .accept, .drop, .return, .jump, .goto, .none, .connmark, .tproxy: return nil
    }
  }

  private init?(_ target: OpaqueTarget) {
    let words = target.text.split(separator: " ").map(String.init)
    let isRandom = words.contains { $0.hasPrefix("--random") }
    let endpoint = words.count > 2 ? NftTranslation(endpoint: words[2]) : nil
    switch (words[0], endpoint) {
    case ("REJECT", _): self = .reject("")
    case ("NOTRACK", _): self = .untrack
    case ("DNAT", let endpoint?) where !isRandom || endpoint.isSingle: self = .dnat(endpoint)
    case ("SNAT", let endpoint?): self = .snat(endpoint)
    case ("MASQUERADE", _): self = .masquerade(nil)
    case ("LOG", _), ("NFLOG", _), ("TCPMSS", _), ("TTL", _), ("HL", _), ("CLASSIFY", _), ("TEE", _),
      ("AUDIT", _),
      ("CHECKSUM", _):
      self = .neutral(target.text)
    case ("NFQUEUE", _): self = .queue(target.text)
    default: return nil
    }
  }
}

extension NftMarkChange {
  /// The change of `MARK --set-xmark`.
  fileprivate init(_ mark: MaskedMark) {
    self.init(.packet, mask: ~mark.mask.rawValue, value: mark.value.rawValue)
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
