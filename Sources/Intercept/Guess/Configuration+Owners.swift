extension Configuration {
  /// Reads the proxy's users and groups and the owner groups off ISTIO_OUTPUT.
  ///
  /// Each of the proxy's owners has two or three rules there, an excluded group has one: one changed rule out
  /// of three does not mislead.
  mutating func readOwners(_ live: LiveRules) {
    let rules = live.meanings(.nat, .istioOutput).filter { !$0.facts.contains(.proto(.is(.udp))) }
    let owners = rules.filter { !$0.isAboutOtherGroups }.flatMap(\.facts)
    let users = Mentions(
      owners.compactMap { fact in
        if case .user(let user) = fact { user.value.lowerBound } else { nil }
      })
    let groups = Mentions(
      owners.compactMap { fact in
        if case .group(let group) = fact { group.value.lowerBound } else { nil }
      })
    proxyUsers = users.frequent.isEmpty ? proxyUsers : users.frequent
    proxyGroups = groups.frequent.isEmpty ? proxyGroups : groups.frequent
    readOwnerGroups(rules)
    guard case .only = ownerGroups else { return }
    // The rule tells in which order the groups were given.
    let listing = live.rules(.nat, .istioOutput).first { Meaning($0).isAboutOtherGroups }
    ownerGroups = .only(listing?.orderedFacts.compactMap(\.group) ?? [])
  }

  private mutating func readOwnerGroups(_ rules: [Meaning]) {
    let beforeLoopback = rules.prefix { $0.target != .return || $0.onlyDestination == nil }.with(.return)
    if let others = beforeLoopback.first(where: \.isAboutOtherGroups) {
      ownerGroups = .only(others.facts.compactMap(\.group))
    } else if beforeLoopback.contains(where: \.facts.isEmpty) {
      ownerGroups = .only([])
    } else {
      let single = beforeLoopback.compactMap { $0.onlyFact?.group }
      ownerGroups = .all(except: single.filter { !proxyGroups.contains($0) })
    }
  }
}

extension Meaning {
  /// `-m owner ! --gid-owner 202 -m owner ! --gid-owner 3030`: everybody but some groups.
  fileprivate var isAboutOtherGroups: Bool { fields == .group && facts.allSatisfy(\.isNegated) }
}

extension Fact {
  /// The group that the fact names.
  fileprivate var group: GroupID? {
    if case .group(let group) = self { group.value.lowerBound } else { nil }
  }
}
