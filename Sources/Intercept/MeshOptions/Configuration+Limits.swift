public import MeshRules

extension Configuration {
  /// Refuses more owner groups than one rule can name: `ISTIO_OUTBOUND_OWNER_GROUPS` becomes one rule with a match
  /// for each group.
  public func limitOwnerGroups(_ form: RunOptions.Form, _ reader: inout OptionReader) {
    guard case .only(let groups) = ownerGroups, let given = reader.options[.ownerGroups],
      let limit = ownerGroupLimit(form), groups.count > limit
    else { return }
    reader.complain(
      OptionProblem(
        "\(given.name): \(groups.count) groups are more than one rule can name; give \(limit) at most"))
  }

  /// A warning for rules that `iptables-restore` cannot read as text; nil if there is none.
  public var adviceForRestore: String? {
    guard case .only(let groups) = ownerGroups, let limit = ownerGroupLimit(.iptablesLegacy),
      groups.count > limit
    else { return nil }
    return "iptables-restore cannot read a rule about \(groups.count) owner groups, only one about "
      + "\(limit) (255 words a line); apply takes them all"
  }

  /// The maximum number of groups in one rule; nil if they are in a set.
  private func ownerGroupLimit(_ form: RunOptions.Form) -> Int? {
    let asksForDNS = dns != .none && release.traits.dnsPlacement != .dnsChain
    switch form {
    // A rule has 128 expressions at most (NFT_RULE_MAXEXPRS): one for each group, the counter and the verdict, and
    // two each for `-p udp` and `--dport 53`.
    case .iptablesNFT: return asksForDNS ? 122 : 126
    // iptables-restore takes 255 words a line, five of them for each group.
    case .iptablesLegacy: return asksForDNS ? 48 : 49
    case .native: return nil
    }
  }
}
