import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads the proxy's users and groups, and owner groups, from ISTIO_OUTPUT.
  mutating func readOwners(_ live: InstalledRules) {
    let users = ProxyOwners(live, \.user)
    let groups = ProxyOwners(live, \.group)
    proxyUsers = users.proxy.isEmpty ? proxyUsers : users.proxy
    proxyGroups = groups.proxy.isEmpty ? proxyGroups : groups.proxy
    ownerGroups = live.onlyOwnerGroups.map(OwnerGroups.only) ?? .all(except: groups.others)
  }
}

extension InstalledRules {
  /// The groups whose connections alone are captured; nil if those of all groups are.
  fileprivate var onlyOwnerGroups: [GroupID]? {
    let front = rules(.nat, .istioOutput).prefix {
      let rule = NormalizedRule($0)
      return rule.target != .jump(.istioRedirect)
        && (rule.target != .return || rule.onlyDestination == nil)
    }
    // The rule keeps the order of the groups in the option.
    let listing = front.first { NormalizedRule($0).excludesOtherGroups }
    return listing?.orderedConditions.flatMap { $0.group?.value.members ?? [] }
  }

  /// The rules that assign a zone to the proxy's own DNS queries, in the chains of any release, grouped by
  /// adjacency.
  var dnsZones: [[NormalizedRule]] {
    ChainName.dnsQueries.flatMap { chain in
      normalizedRules(.raw, chain).split { $0.target != .zone(.upstreamDNS) }.map(Array.init)
    }
  }
}

extension NormalizedRule {
  /// `-m owner ! --gid-owner 202 -m owner ! --gid-owner 3030`: all groups except some; all without any.
  fileprivate var excludesOtherGroups: Bool {
    target == .return && fields.subtracting(.group).isEmpty && conditions.allSatisfy(\.isNegated)
  }
}

extension RuleCondition {
  /// The users in the condition.
  fileprivate var user: Condition<ClosedRange<UserID>>? {
    if case .user(let users) = self { users } else { nil }
  }

  /// The groups in the condition.
  fileprivate var group: Condition<ClosedRange<GroupID>>? {
    if case .group(let groups) = self { groups } else { nil }
  }
}

/// Users or groups in the rules of ISTIO_OUTPUT on socket owners.
struct ProxyOwners<ID: OwnerID> {
  /// The proxy's owners.
  private(set) var proxy: [ID] = []
  /// Other excluded owners.
  private(set) var others: [ID] = []

  /// - Parameters:
  ///     - live: the rules; only ISTIO_OUTPUT is read.
  ///     - owners: the users or groups in a condition.
  init(_ live: InstalledRules, _ owners: (RuleCondition) -> Condition<ClosedRange<ID>>?) {
    let rules = live.rules(.nat, .istioOutput).filter { !$0.conditions.contains(.proto(.is(.udp))) }
      .compactMap { OwnerRule($0, owners) }
    if live.isNative {
      let zones = live.dnsZones.map { $0.flatMap(\.conditions).compactMap(owners).flatMap(\.value.members) }
      collect(rules, zones: zones)
    } else {
      readGroups(rules)
    }
  }

  /// Reads the iptables form: two or three consecutive rules for each owner of the proxy, one for any other.
  /// One changed rule of three does not mislead.
  private mutating func readGroups(_ rules: [OwnerRule<ID>]) {
    var group: [OwnerRule<ID>] = []
    for rule in rules {
      if let last = group.last, rule.kind.rawValue <= last.kind.rawValue {
        add(group)
        group = []
      }
      group.append(rule)
    }
    add(group)
  }

  private mutating func add(_ group: [OwnerRule<ID>]) {
    if let owner = ValueCounts(group.map(\.owners.lowerBound)).repeated.first {
      proxy.append(owner)
    } else if let alone = group.last, alone.kind == .own {
      others.append(alone.owners.lowerBound)
    }
  }

  /// Reads the nftables form: one rule returns all owners of the proxy, another one all others. The first is
  /// always present; further rules are present only for owners whose packets reach them.
  ///
  /// - Parameter zones: owners whose DNS queries have a zone, by rule. A repeated owner begins a new rule.
  private mutating func collect(_ rules: [OwnerRule<ID>], zones: [[ID]]) {
    let selfCalls = rules.filter { $0.kind == .selfCall }
    let own = rules.filter { $0.kind == .own }
    // The rules lifted from one native rule share its comment.
    let first = own.prefix { $0.reason == own.first?.reason }
    proxy = ValueCounts((selfCalls + first).flatMap(\.owners.members)).values
    let rounds = zones.filter { !$0.isEmpty }
    if rounds.count > 1 { proxy = ordered(rounds, from: proxy.first) }
    others = own.dropFirst(first.count).flatMap(\.owners.members)
  }
}

extension ProxyOwners {
  /// The owners in an order that builds those rules: each round begins with an owner of the previous one.
  private func ordered(_ rounds: [[ID]], from leader: ID?) -> [ID] {
    var last = leader.map { [$0] } ?? []
    return rounds.flatMap { round in
      let again = round.filter(last.contains)
      last = round
      return again + round.filter { !again.contains($0) }
    }
  }
}

/// A rule of ISTIO_OUTPUT on a socket owner.
struct OwnerRule<ID: OwnerID> {
  /// Kind of the rule, in the order of the rules on one owner.
  enum Kind: Int {
    /// A call of the app to itself by a service address, redirected to the inbound listener.
    case selfCall
    /// A call of the app to itself by the pod's own address.
    case localCall
    /// An excluded owner.
    case own
  }

  let kind: Kind
  let owners: ClosedRange<ID>
  let reason: String?

  /// - Returns: nil for a rule without such an owner.
  init?(_ rule: Rule, _ owners: (RuleCondition) -> Condition<ClosedRange<ID>>?) {
    let conditions = rule.conditions
    guard let owner = conditions.lazy.compactMap(owners).first else { return nil }
    switch (rule.target, owner) {
    case (.jump(.istioInRedirect), .is): kind = .selfCall
    case (.return, .not) where PacketFieldSet(conditions).contains(.outInterface): kind = .localCall
    case (.return, .is): kind = .own
    default: return nil
    }
    self.owners = owner.value
    reason = rule.reason
  }
}

extension ClosedRange where Bound: OwnerID {
  /// All owners of the range; empty if it has more than an option would list.
  var members: [Bound] {
    guard upperBound.rawValue - lowerBound.rawValue < 4096 else { return [] }
    return (lowerBound.rawValue...upperBound.rawValue).compactMap { Bound(rawValue: $0) }
  }
}

/// Number of occurrences of values, so that a single changed rule does not mislead.
struct ValueCounts<Value: Hashable> {
  /// The distinct values, in order of first occurrence.
  private(set) var values: [Value] = []
  private var counts: [Value: Int] = [:]

  init(_ all: [Value]) {
    for value in all {
      if counts[value] == nil { values.append(value) }
      counts[value, default: 0] += 1
    }
  }

  /// The values that occur more than once.
  var repeated: [Value] { values.filter { count($0) > 1 } }

  /// The value that occurs most often; the first of equals.
  var mostFrequent: Value? { values.reversed().max { count($0) < count($1) } }

  private func count(_ value: Value) -> Int { counts[value] ?? 0 }
}
