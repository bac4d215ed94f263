public import RuleModel

/// Rules in which `nft` prints extensions of iptables by name only: `xt target "REDIRECT"`, `xt match "owner"`.
extension Ruleset {
  /// The rules with the arguments of those extensions completed, where a rule of the same chain of another set equals
  /// the rest of the rule. Every rule of the other set completes one rule.
  public func completed(by other: Ruleset) -> Ruleset {
    guard mayBeAbbreviated else { return self }
    return withoutInterfaces(in: other.tablesHidingInterfaces).mapChains { chain, table in
      let complete = chain.rules.completions(by: other[table, chain.name]?.rules ?? [])
      return zip(chain.rules, complete).map { rule, complete in
        complete.map { Rule($0.matches, $0.target, counters: rule.counters) } ?? rule
      }
    }
  }

  /// The names of the extensions whose arguments a rule lacks that equals the rest of a rule of another set: a
  /// comparison of the two sets does not cover those arguments.
  public func abbreviatedExtensions(of other: Ruleset) -> Set<String> {
    guard mayBeAbbreviated else { return [] }
    let rules = withoutInterfaces(in: other.tablesHidingInterfaces)
    return rules.tables.reduce(into: []) { names, table in
      for chain in table.chains {
        let complete = chain.rules.completions(by: other[table.name, chain.name]?.rules ?? [])
        for (rule, complete) in zip(chain.rules, complete) {
          if let complete { names.formUnion(rule.abbreviatedExtensions(of: complete)) }
        }
      }
    }
  }
}

extension Ruleset {
  /// True if a rule may lack arguments.
  private var mayBeAbbreviated: Bool {
    tables.contains { $0.chains.contains { $0.rules.contains(where: \.mayBeAbbreviated) } }
  }
}

extension [Rule] {
  /// For each rule, the rule of another chain that it abbreviates; nil if there is none.
  fileprivate func completions(by other: [Rule]) -> [Rule?] {
    var unused = other
    return map { rule in
      guard rule.mayBeAbbreviated,
        let index = unused.firstIndex(where: { rule.isAbbreviation(of: $0) })
      else { return nil }
      return unused.remove(at: index)
    }
  }
}

extension Rule {
  /// True if an extension is known by its name only, or the target may be missing.
  fileprivate var mayBeAbbreviated: Bool {
    target == .none || target.bareName != nil || matches.contains { $0.bareName != nil }
  }

  /// The extensions of which the rule may lack arguments of the rule that completes it. MASQUERADE may also be the
  /// statement `masquerade`, which lacks none.
  fileprivate func abbreviatedExtensions(of complete: Rule) -> [String] {
    let name = target == complete.target ? target.bareName : complete.target.extensionName
    return matches.compactMap(\.bareName)
      + [name].compactMap(\.self).filter { target != complete.target || $0 != "MASQUERADE" }
  }

  /// True if a rule has the same matches and target, where this one may name an extension only.
  fileprivate func isAbbreviation(of rule: Rule) -> Bool {
    let known = matches.filter { $0.bareName == nil }
    let named = matches.compactMap(\.bareName).sorted()
    let rest = rule.matches.filter { !known.contains($0) }
    guard rule.matches.count - rest.count == known.count,
      rest.compactMap(\.extensionName).sorted() == named
    else { return false }
    // nft 1.0.6 prints nothing for some targets of IPv6.
    return target == rule.target || target == .none && rule.target.isExtension
      || target.bareName.map { $0 == rule.target.extensionName } ?? false
  }
}

extension Match {
  /// The name of a match that `nft` prints without its options: `xt match "owner"`.
  fileprivate var bareName: String? {
    guard case .opaque(let match) = self, match.text.hasPrefix("nft xt match ") else { return nil }
    return match.text.dropFirst(13).filter { $0 != "\"" }
  }

  /// The name of the match's extension, with or without its options.
  fileprivate var extensionName: String? { bareName ?? iptablesText.extensionName(after: "-m") }
}

extension Target {
  /// The name of the target's extension.
  fileprivate var extensionName: String? { iptablesText.extensionName(after: "-j") }

  /// True for a target of an extension, such as REDIRECT.
  fileprivate var isExtension: Bool {
    switch self {
    case .redirect, .mark, .connmark, .tproxy, .ct: true
    case .accept, .drop, .return, .jump, .goto, .none, .opaque: false
    }
  }

  /// The name of a target that `nft` prints without its arguments. Targets of iptables are in capitals, statements of
  /// nft (`masquerade`) in small letters.
  fileprivate var bareName: String? {
    guard case .opaque(let target) = self, !target.text.contains(" ") else { return nil }
    let name = target.text.filter { $0 != "\"" }
    return name.first?.isUppercase == true ? name : nil
  }
}

extension String {
  /// The word after a flag: `owner` in `-m owner --uid-owner 1`.
  fileprivate func extensionName(after flag: String) -> String? {
    let words = split(separator: " ", maxSplits: 3).filter { $0 != "!" }
    return words.first == flag[...] && words.count > 1 ? String(words[1]) : nil
  }
}
