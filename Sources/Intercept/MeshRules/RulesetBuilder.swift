package import NetworkValues
public import NftablesModel
public import RuleModel

/// Builds the rules of a configuration, chain by chain.
///
/// The rules follow Istio's program in number and order. This file lists the rules of each chain; the rules themselves
/// are in one file per concern.
public struct RulesetBuilder: Sendable {
  let configuration: Configuration
  let family: IPFamily
  let traits: ReleaseTraits

  init(_ configuration: Configuration, family: IPFamily) {
    self.configuration = configuration
    self.family = family
    traits = configuration.release.traits
  }

  /// The rules of the configuration's families, IPv4 first.
  public static func build(_ configuration: Configuration) -> [Ruleset] {
    configuration.families.map { RulesetBuilder(configuration, family: $0).ruleset }
  }

  var ruleset: Ruleset { Ruleset(family, tables: [rawTable, mangleTable, natTable]) }

  private var rawTable: Table {
    table(
      .raw,
      [
        (.prerouting, dnsZoneInbound(at: .builtinChains)),
        (.output, dnsZoneOutbound(at: .builtinChains)),
        (.istioInbound, dnsZoneInbound(at: .dnsChain)),
        (.istioOutput, dnsZoneOutbound(at: .outputChain)),
        (.istioOutputDNS, dnsZoneOutbound(at: .dnsChain)),
      ])
  }

  private var mangleTable: Table {
    table(
      .mangle,
      [
        (.prerouting, tproxyExcludedInbound + dropInvalid + inboundJump(in: .mangle) + tproxySaveMark),
        (.output, tproxyExcludedOutbound + tproxyMarkOutbound),
        (.istioDrop, dropChain),
        (.istioDivert, tproxyDivert),
        (.istioTproxy, tproxyTake),
        (.istioInbound, tproxyGuards + inboundPorts(in: .mangle)),
      ])
  }

  private var natTable: Table {
    table(
      .nat,
      [
        (.prerouting, virtualInterfaces + excludedInbound + inboundJump(in: .nat)),
        (.output, excludedOutbound + outputJump + dnsQueries(at: .builtinChains)),
        (.istioInbound, tunnelPort + inboundPorts(in: .nat)),
        (.istioInRedirect, inboundRedirect),
        (.istioRedirect, outboundRedirect),
        (.istioOutput, outputChain),
        (.istioOutputDNS, dnsQueries(at: .dnsChain)),
      ])
  }

  private var outputChain: [Rule] {
    // One array for thousands of rules, which `+` would copy repeatedly.
    [
      excludedOutboundPorts, passthroughSource, proxyUsers, proxyGroups, ownerGroups,
      dnsOverTCP, loopbackDestination, excludedOutboundCIDRs, includedOutboundPorts,
      includedOutboundCIDRs,
      dnsQueries(at: .outputChain),
    ].flatMap(\.self)
  }

  /// A table of the chains with rules.
  private func table(_ name: TableName, _ chains: [(ChainName, [Rule])]) -> Table {
    Table(name, chains: chains.filter { !$0.1.isEmpty }.map { Chain($0.0, rules: $0.1) })
  }
}

extension NativeRuleset {
  /// The rules of a configuration in nftables form.
  ///
  /// - Throws: never for rules of a configuration; see `init(lowering:)`.
  public init(_ configuration: Configuration) throws(NativeFormError) {
    try self.init(lowering: RulesetBuilder.build(configuration))
  }
}

/// Values that depend on the family.
extension RulesetBuilder {
  /// The block that counts as the app itself: configurable for IPv4, ::1 for IPv6.
  var loopback: CIDR {
    let isChosen = family == .ipv4 && traits.readsLoopbackCIDR
    return isChosen ? configuration.loopbackCIDR : CIDR(host: .localhost(family))
  }

  /// The address from which the proxy connects to the app.
  var passthrough: CIDR { CIDR(host: .passthrough(family)) }

  /// The blocks of this family.
  func ofFamily(_ blocks: [CIDR]) -> [CIDR] { blocks.filter { $0.family == family } }
}

extension Match {
  static let isTCP = Match.proto(.is(.tcp))
  static let isUDP = Match.proto(.is(.udp))
  static let onLoopback = Match.outInterface(.is(.loopback))
  static let fromLoopback = Match.inInterface(.is(.loopback))

  static func tcpDestination(_ ports: Condition<PortRange>) -> Match { .tcp(TCPMatch(destination: ports)) }
  static func udpDestination(_ port: Port) -> Match { .udp(UDPMatch(destination: .is(PortRange(port)))) }
  static func udpSource(_ port: Port) -> Match { .udp(UDPMatch(source: .is(PortRange(port)))) }

  static func user(_ user: Condition<UserID>) -> Match { .owner(OwnerMatch(user: user)) }
  static func group(_ group: Condition<GroupID>) -> Match { .owner(OwnerMatch(group: group)) }

  static func marked(_ mark: Condition<Mark>) -> Match { .mark(MarkMatch(mark.map { MaskedMark($0) })) }
}

extension Target {
  static func redirect(to port: Port) -> Target { .redirect(RedirectTarget(to: port)) }
  static func setMark(_ mark: Mark) -> Target { .mark(MarkTarget(set: MaskedMark(mark))) }
  package static func zone(_ zone: ConntrackZone) -> Target { .ct(CTTarget(zone: zone)) }
}
