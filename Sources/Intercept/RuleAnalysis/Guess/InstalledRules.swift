import MeshRules
import NetworkValues
import RuleModel

/// Installed rules of one or both families, from which options are inferred.
struct InstalledRules {
  /// The families with an `ISTIO_` chain.
  let families: [Ruleset]
  /// True if the rules were lifted from the nftables form. It merges the values of several rules into one
  /// sorted set, and omits rules that no packet reaches.
  let isNative: Bool

  init(_ live: [Ruleset], isNative: Bool) {
    families = live.filter { Ownership(of: $0).hasIstioChains }
    self.isNative = isNative
  }

  /// The rules of a chain in the first family that has it: most options build the same rules for both.
  func rules(_ table: TableName, _ chain: ChainName) -> [Rule] {
    families.lazy.compactMap { $0[table, chain] }.first?.rules ?? []
  }

  /// Normal forms of the rules of a chain in the first family that has it.
  func normalizedRules(_ table: TableName, _ chain: ChainName) -> [NormalizedRule] {
    rules(table, chain).map(NormalizedRule.init)
  }
}

extension Ruleset {
  /// Normal forms of the rules of a chain; empty if there is no such chain.
  func normalizedRules(_ table: TableName, _ chain: ChainName) -> [NormalizedRule] {
    self[table, chain]?.rules.map(NormalizedRule.init) ?? []
  }
}

extension Sequence<NormalizedRule> {
  /// The rules with a given target.
  func with(_ target: Target) -> [NormalizedRule] { filter { $0.target == target } }
}

/// Constants of the configuration, inferred from all rules that contain them.
extension InstalledRules {
  /// Port of the HBONE tunnel: from self-calls that exclude it, else the first port excluded from inbound
  /// capture.
  var tunnelPort: Port? {
    let excluded = normalizedRules(.nat, .istioOutput).with(.jump(.istioInRedirect)).flatMap(\.excludedPorts)
    return ValueCounts(excluded.filter { $0 != .dns }).mostFrequent ?? firstExcludedPort
  }

  private var firstExcludedPort: Port? {
    let excluded = normalizedRules(.nat, .istioInbound).with(.return).compactMap(\.onlyTCPPorts)
    // If the injector's exclusions come first, the rule of the tunnel is missing.
    let isMissing = excluded.prefix(3) == Self.excludedByInjector[...]
    return isMissing ? nil : excluded.first?.single
  }

  /// The ports that the injector excludes from capture, in its order: Envoy's metrics and readiness, the
  /// agent's status.
  private static let excludedByInjector = [.envoyMetrics, .envoyReadiness, .agentStatus].map { PortRange($0) }

  /// The IPv4 block of the app itself: from rules on self-calls and the first excluded destination.
  var loopback: CIDR? {
    let output = families.first { $0.family == .ipv4 }?.normalizedRules(.nat, .istioOutput) ?? []
    let selfCalls = output.with(.jump(.istioInRedirect)).flatMap(\.conditions).compactMap(
      \.excludedDestination)
    let first = output.with(.return).lazy.compactMap(\.onlyDestination).first
    return ValueCounts((selfCalls + (first.map { [$0] } ?? [])).filter(\.network.isLoopback)).mostFrequent
  }

  /// The mark of the proxy's packets with TPROXY; nil if there is none.
  var tproxyMark: Mark? {
    let saved = normalizedRules(.mangle, .prerouting).with(.connmark(.save()))
    let restored = normalizedRules(.mangle, .output).with(.connmark(.restore()))
    let guards = normalizedRules(.mangle, .istioInbound).with(.return)
    return (saved + restored + guards).lazy.flatMap(\.conditions).compactMap(\.mark).first
  }
}

extension NormalizedRule {
  /// The destination ports that the rule excludes.
  fileprivate var excludedPorts: [Port] {
    conditions.flatMap { condition in
      // Two adjacent ports are one range.
      if case .destinationPort(.not(let ports)) = condition {
        ports.ports.flatMap { [$0.lowerBound, $0.upperBound] }
      } else {
        [Port]()
      }
    }
  }
}

extension RuleCondition {
  /// The destination that the rule excludes.
  fileprivate var excludedDestination: CIDR? {
    if case .destination(.not(let block)) = self { block } else { nil }
  }

  /// The mark of packet or connection that the rule matches.
  fileprivate var mark: Mark? {
    switch self {
    case .mark(.is(let mark)), .connmark(.is(let mark)): mark.value
    case .mark, .connmark, .source, .destination, .inInterface, .outInterface, .proto, .sourcePort,
      .destinationPort, .eitherPort, .tcpFlags, .user, .group, .socket, .state, .sourceType,
      .destinationType, .opaque:
      nil
    }
  }
}

/// Values of rules with a single condition.
extension NormalizedRule {
  /// The condition, if it is the only one.
  var onlyCondition: RuleCondition? { conditions.count == 1 ? conditions.first : nil }

  /// The destination, if it is the only condition.
  var onlyDestination: CIDR? {
    if case .destination(.is(let block)) = onlyCondition { block } else { nil }
  }

  /// The destination, if it is the only condition; every address if there is no condition.
  func onlyDestination(in family: IPFamily) -> CIDR? {
    conditions.isEmpty ? CIDR(IPAddress(family, bits: 0), prefixLength: 0) : onlyDestination
  }

  /// The inbound interface, if it is the only condition; any if there is no condition.
  var onlyInInterface: InterfacePattern? {
    guard !conditions.isEmpty else { return .everything }
    return if case .inInterface(.is(let name)) = onlyCondition { name } else { nil }
  }

  /// The inbound interface; any if there is no such condition.
  var inInterface: InterfacePattern {
    conditions.lazy.compactMap { condition in
      if case .inInterface(.is(let name)) = condition { name } else { nil }
    }.first ?? .everything
  }

  /// The rule without a condition on the inbound interface.
  var withoutInInterface: NormalizedRule {
    NormalizedRule(conditions: conditions.filter { $0.field != .inInterface }, target: target)
  }

  /// The outbound interface, if it is the only condition; any if there is no condition.
  var onlyOutInterface: InterfacePattern? {
    guard !conditions.isEmpty else { return .everything }
    return if case .outInterface(.is(let name)) = onlyCondition { name } else { nil }
  }

  /// The destination ports, if TCP and they are the only conditions.
  var onlyTCPPorts: PortRange? {
    guard fields == [.proto, .destinationPort], conditions.contains(.proto(.is(.tcp))) else { return nil }
    return conditions.lazy.compactMap { condition in
      if case .destinationPort(.is(let ports)) = condition { ports.single.map { PortRange($0) } } else { nil }
    }.first
  }

  /// The port of a REDIRECT target.
  var redirectPort: Port? {
    if case .redirect(let target) = target { target.ports?.single } else { nil }
  }
}
