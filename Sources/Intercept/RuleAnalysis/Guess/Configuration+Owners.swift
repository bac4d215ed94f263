import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads the proxy's users and groups and the owner groups off ISTIO_OUTPUT.
  mutating func readOwners(_ live: LiveRules) {
    let users = ProxyOwners(live, \.user)
    let groups = ProxyOwners(live, \.group)
    proxyUsers = users.proxy.isEmpty ? proxyUsers : users.proxy
    proxyGroups = groups.proxy.isEmpty ? proxyGroups : groups.proxy
    ownerGroups = live.onlyOwnerGroups.map(OwnerGroups.only) ?? .all(except: groups.others)
  }
}

extension LiveRules {
  /// The groups whose connections alone are captured; nil where everybody's are.
  fileprivate var onlyOwnerGroups: [GroupID]? {
    let front = rules(.nat, .istioOutput).prefix {
      let meaning = NormalizedRule($0)
      return meaning.target != .jump(.istioRedirect)
        && (meaning.target != .return || meaning.onlyDestination == nil)
    }
    // The rule tells in which order the groups were given.
    let listing = front.first { NormalizedRule($0).isAboutOtherGroups }
    return listing?.orderedConditions.flatMap { $0.group?.value.members ?? [] }
  }
}

extension LiveRules {
  /// The rules that give the proxy's own DNS questions a zone, wherever a release has them: those together that follow
  /// each other.
  var dnsZones: [[NormalizedRule]] {
    ChainName.dnsQuestions.flatMap { chain in
      meanings(.raw, chain).split { $0.target != .zone(.upstreamDNS) }.map(Array.init)
    }
  }
}

extension NormalizedRule {
  /// `-m owner ! --gid-owner 202 -m owner ! --gid-owner 3030`: everybody but some groups; with no group everybody.
  fileprivate var isAboutOtherGroups: Bool {
    target == .return && fields.subtracting(.group).isEmpty && conditions.allSatisfy(\.isNegated)
  }
}

extension RuleCondition {
  /// The users that the fact names.
  fileprivate var user: Condition<ClosedRange<UserID>>? {
    if case .user(let users) = self { users } else { nil }
  }

  /// The groups that the fact names.
  fileprivate var group: Condition<ClosedRange<GroupID>>? {
    if case .group(let groups) = self { groups } else { nil }
  }
}
