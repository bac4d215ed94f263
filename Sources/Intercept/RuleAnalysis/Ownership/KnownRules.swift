import MeshRules
import NetworkValues
import RuleModel

/// Rules for excluded interfaces (`--istio-exclude-interfaces`) and KubeVirt's (`--kube-virt-interfaces`):
/// `-j RETURN` for one named interface; for KubeVirt also with a destination.
enum KnownInterfaceRules {
  static func contains(_ rule: NormalizedRule, at chain: BuiltInChain) -> Bool {
    guard rule.target == .return, [.nat, .mangle].contains(chain.table),
      rule.conditions.allSatisfy({ !$0.isNegated })
    else { return false }
    return switch chain.hook {
    case .prerouting:
      rule.fields == [.inInterface]
        || chain.table == .nat && rule.fields == [.inInterface, .destination]
    case .output: rule.fields == [.outInterface]
    case .input, .forward, .postrouting: false
    }
  }
}

/// TPROXY's rules in the built-in chains of mangle: they save the mark of a connection, restore it for the
/// proxy's packets, and mark self-calls through lo.
enum KnownTProxyRules {
  static func contains(_ rule: NormalizedRule, at chain: BuiltInChain) -> Bool {
    guard chain.table == .mangle, rule.conditions.contains(.proto(.is(.tcp))) else { return false }
    return switch chain.hook {
    case .prerouting: savesMark(rule)
    case .output: restoresMark(rule) || returnsMarked(rule) || marksSelfCall(rule)
    case .input, .forward, .postrouting: false
    }
  }

  /// `-p tcp -m mark --mark 0x539 -j CONNMARK --save-mark`.
  private static func savesMark(_ rule: NormalizedRule) -> Bool {
    rule.target == .connmark(.save()) && rule.fields == [.proto, .mark]
  }

  /// `-p tcp -m connmark --mark 0x539 -j CONNMARK --restore-mark`.
  private static func restoresMark(_ rule: NormalizedRule) -> Bool {
    rule.target == .connmark(.restore()) && rule.fields == [.proto, .connmark]
  }

  /// `-o lo -p tcp -m mark --mark 0x539 -j RETURN`.
  private static func returnsMarked(_ rule: NormalizedRule) -> Bool {
    rule.target == .return && rule.fields == [.outInterface, .proto, .mark]
      && rule.conditions.contains(.outInterface(.is(.loopback)))
  }

  /// `! -d 127.0.0.1/32 -o lo -p tcp -m owner --uid-owner 1337 -j MARK --set-xmark 0x53a/0xffffffff`.
  private static func marksSelfCall(_ rule: NormalizedRule) -> Bool {
    guard case .mark = rule.target, rule.conditions.contains(.outInterface(.is(.loopback))) else {
      return false
    }
    let others = rule.fields.subtracting([.outInterface, .proto, .destination])
    return others == .user || others == .group
  }
}

/// DNS capture in built-in chains: nat and raw OUTPUT up to 1.22, raw PREROUTING up to 1.24.
enum KnownDNSRules {
  /// Port of the agent's DNS proxy. Istio has no option for it.
  static let listener: Port = 15053

  static func contains(_ rule: NormalizedRule, at chain: BuiltInChain) -> Bool {
    guard rule.conditions.contains(.proto(.is(.udp))) else { return false }
    return switch (chain.table, chain.hook) {
    case (.nat, .output): excludesOwner(rule) || redirects(rule)
    case (.raw, .output): setsZoneOfOwner(rule) || setsZoneOfQuery(rule)
    case (.raw, .prerouting): setsZoneOfResponse(rule)
    case (.nat, .prerouting), (.nat, .input), (.nat, .forward), (.nat, .postrouting),
      (.raw, .input), (.raw, .forward), (.raw, .postrouting),
      (.mangle, _), (.filter, _), (.security, _):
      false
    }
  }

  /// True if a rule of nat OUTPUT redirects DNS to the agent, which no other program does.
  static func isEvidence(_ rule: Rule) -> Bool {
    guard case .redirect = rule.target, !rule.isCommented else { return false }
    let normalized = NormalizedRule(rule)
    return normalized.conditions.contains(.proto(.is(.udp))) && redirects(normalized)
  }

  /// `-p udp --dport 53 -m owner --uid-owner 1337 -j RETURN`, and owner groups.
  private static func excludesOwner(_ rule: NormalizedRule) -> Bool {
    rule.target == .return && rule.hasDestination(port: 53) && rule.selectsOwnersOnly
  }

  /// `[-d SERVER] -p udp --dport 53 -j REDIRECT --to-ports 15053`.
  private static func redirects(_ rule: NormalizedRule) -> Bool {
    rule.target == .redirect(RedirectTarget(to: listener)) && rule.hasDestination(port: 53)
      && rule.fields.isSubset(of: [.proto, .destinationPort, .destination])
  }

  /// `--dport 53 -m owner … -j CT --zone 1`, `--sport 15053 -m owner … -j CT --zone 2`.
  private static func setsZoneOfOwner(_ rule: NormalizedRule) -> Bool {
    rule.selectsOwnersOnly
      && (rule.sets(.upstreamDNS) && rule.hasDestination(port: 53)
        || rule.sets(.applicationDNS) && rule.hasSource(port: listener))
  }

  /// `[-d SERVER] -p udp --dport 53 -j CT --zone 2`.
  private static func setsZoneOfQuery(_ rule: NormalizedRule) -> Bool {
    rule.sets(.applicationDNS) && rule.hasDestination(port: 53)
      && rule.fields.isSubset(of: [.proto, .destinationPort, .destination])
  }

  /// `[-s SERVER] -p udp --sport 53 -j CT --zone 1`; by destination up to 1.19.
  private static func setsZoneOfResponse(_ rule: NormalizedRule) -> Bool {
    rule.sets(.upstreamDNS) && rule.hasSource(port: 53)
      && rule.fields.isSubset(of: [.proto, .sourcePort, .source, .destination])
  }
}

extension NormalizedRule {
  fileprivate func hasDestination(port: Port) -> Bool {
    conditions.contains(.destinationPort(.is(RangeSet(ports: PortRange(port)))))
  }

  fileprivate func hasSource(port: Port) -> Bool {
    conditions.contains(.sourcePort(.is(RangeSet(ports: PortRange(port)))))
  }

  /// True if the rule selects socket owners and, besides protocol and ports, nothing else.
  fileprivate var selectsOwnersOnly: Bool {
    let others = fields.subtracting([.proto, .destinationPort, .sourcePort])
    return !others.isEmpty && others.isSubset(of: [.user, .group])
  }

  fileprivate func sets(_ zone: ConntrackZone) -> Bool { target == .ct(CTTarget(zone: zone)) }
}

/// Rule of `--drop-invalid` up to 1.23; later releases jump to a chain `ISTIO_DROP`.
enum KnownDropInvalidRule {
  static func contains(_ rule: NormalizedRule, at chain: BuiltInChain) -> Bool {
    chain == BuiltInChain(table: .mangle, hook: .prerouting)
      && rule == NormalizedRule(conditions: [.state(.is(.invalid))], target: .drop)
  }
}

/// Guard rails: six rules with which Istio drops all traffic while it replaces its rules. They remain if
/// Istio is killed midway, with or without `ISTIO_` chains.
///
/// Each rule alone may belong to any firewall. They are claimed only in the positions where Istio inserts
/// them: both at the front of INPUT, FORWARD and OUTPUT, where no later rule gets a packet. All complete
/// sets at the front are claimed, because removing one moves the next to the front.
enum KnownGuardRails {
  private static let front = [
    NormalizedRule(conditions: [.proto(.is(.udp))], target: .drop),
    NormalizedRule(conditions: [.proto(.is(.tcp))], target: .drop),
  ]
  private static let hooks: [Hook] = [.input, .forward, .output]

  /// Number of guard rails at the front of each chain; 0 if the set is incomplete.
  static func depth(in live: Ruleset) -> Int {
    guard let filter = live[.filter] else { return 0 }
    return hooks.map { depth(of: filter[ChainName($0)]?.rules ?? []) }.min() ?? 0
  }

  private static func depth(of rules: [Rule]) -> Int {
    let rules = rules.prefix { !$0.isCommented }
    let sets = (0..<rules.count / front.count).prefix { number in
      rules[(number * front.count)...].prefix(front.count).map(NormalizedRule.init) == front
    }
    return sets.count * front.count
  }

  static func contains(_ chain: BuiltInChain, _ index: Int, depth: Int) -> Bool {
    chain.table == .filter && hooks.contains(chain.hook) && index < depth
  }
}
