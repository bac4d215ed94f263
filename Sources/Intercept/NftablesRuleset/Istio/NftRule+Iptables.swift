import NetworkValues
import NftablesModel
import RuleModel

extension NftRule {
  /// The rule of a table of iptables-nft, as `iptables-save` prints it.
  ///
  /// - Parameter table: the table of the rule, for its named sets.
  func iptablesRules(in table: NftTable, _ family: IPFamily) -> [Rule] {
    var own: [Match] = []
    var target: Target?
    let rest = parts.filter { part in
      switch part {
      case .match(let match):
        let matches = match.iptablesMatches(family)
        own += matches
        return matches.isEmpty
      case .iptables(let match):
        own.append(match)
        return false
      case .statement(let statement):
        guard let change = statement.iptablesTarget else { return true }
        target = change
        return false
      }
    }
    let native = NftRule(rest, text: text, comment: comment, handle: handle, counters: counters)
    return NativeRule(native, in: table).iptablesRules(family).map { rule in
      let plain = rule.inIptablesSyntax(family)
      let added = own.filter { !plain.matches.contains($0) }
      return Rule(plain.matches + added, target ?? plain.target, counters: plain.counters)
    }
  }
}

extension NftStatement {
  /// The target of iptables that the native form lacks: a change of some bits of a mark, a redirection to a random port.
  fileprivate var iptablesTarget: Target? {
    switch self {
    case .setMark(let change) where change.source == .packet:
      .mark(MarkTarget(set: MaskedMark(change)))
    case .setConnectionMark(let change) where change.source == .connection:
      .connmark(.set(MaskedMark(change)))
    case .opaque(let text): RedirectTarget(nft: text).map { .redirect($0) }
    case .counter, .verdict, .verdictMap, .redirect, .tproxy, .dnat, .snat, .masquerade, .setMark,
      .setConnectionMark, .setZone, .untrack, .reject, .queue, .neutral:
      nil
    }
  }
}

extension MaskedMark {
  /// The value and mask of `--set-xmark`.
  fileprivate init(_ change: NftMarkChange) {
    self.init(Mark(rawValue: change.value), mask: Mark(rawValue: ~change.mask))
  }
}

extension RedirectTarget {
  /// Reads `redirect to :42-1234 random`; nil for other text.
  fileprivate init?(nft text: String) {
    var words = text.split { $0 == " " || $0 == "," }[...]
    guard words.popFirst() == "redirect" else { return nil }
    var ports: PortRange?
    if words.first == "to" {
      words = words.dropFirst()
      guard let word = words.popFirst(), word.first == ":",
        let range = NftValueKind.port.range(String(word.dropFirst()))
      else { return nil }
      ports = PortRange(range)
    }
    guard words.allSatisfy({ ["random", "fully-random"].contains($0) }) else { return nil }
    self.init(ports: ports, isRandom: words.contains("random"), isFullyRandom: words.contains("fully-random"))
  }
}

extension Rule {
  /// The rule with the socket condition of negated owners removed, which iptables does not have, and opaque targets in
  /// the syntax of iptables.
  fileprivate func inIptablesSyntax(_ family: IPFamily) -> Rule {
    let matches = matches.map { match -> Match in
      guard case .owner(let owner) = match, owner.socketExists == true,
        let plain = OwnerMatch(user: owner.user, group: owner.group)
      else { return match }
      return .owner(plain)
    }
    guard case .opaque(let opaque) = target else { return Rule(matches, target, counters: counters) }
    let text = opaque.text.hasPrefix("nft ") ? String(opaque.text.dropFirst(4)) : opaque.text
    let name = text.hasPrefix("xt target ") ? String(text.dropFirst(10)) : text
    let target = TranslatedStatement(name, family)?.iptablesText ?? name
    return Rule(matches, .opaque(OpaqueTarget(target)), counters: counters)
  }
}
