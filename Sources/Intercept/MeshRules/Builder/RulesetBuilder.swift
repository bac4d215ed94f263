import NetworkValues
public import RuleModel

/// Builds the rules that a configuration asks for, chain by chain.
///
/// What follows Istio's program rule by rule and in its order is spread over one file per concern; this one says
/// which concern has which place in which chain.
public struct RulesetBuilder: Sendable {
  let configuration: Configuration
  let family: IPFamily
  let traits: ReleaseTraits

  init(_ configuration: Configuration, family: IPFamily) {
    self.configuration = configuration
    self.family = family
    traits = configuration.release.traits
  }

  /// The rules of every family the configuration asks for, IPv4 first.
  public static func build(_ configuration: Configuration) -> [Ruleset] {
    configuration.families.map { RulesetBuilder(configuration, family: $0).ruleset }
  }

  var ruleset: Ruleset { Ruleset(family, tables: [rawTable, mangleTable, natTable]) }

  private var rawTable: Table {
    table(
      .raw,
      [
        (.prerouting, dnsZoneInbound(at: .builtin)),
        (.output, dnsZoneOutbound(at: .builtin)),
        (.istioInbound, dnsZoneInbound(at: .ownChain)),
        (.istioOutput, dnsZoneOutbound(at: .outputChain)),
        (.istioOutputDNS, dnsZoneOutbound(at: .ownChain)),
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
        (.output, excludedOutbound + outputJump + dnsQuestions(at: .builtin)),
        (.istioInbound, tunnelPort + inboundPorts(in: .nat)),
        (.istioInRedirect, inboundRedirect),
        (.istioRedirect, outboundRedirect),
        (.istioOutput, outputChain),
        (.istioOutputDNS, dnsQuestions(at: .ownChain)),
      ])
  }

  private var outputChain: [Rule] {
    // Thousands of rules, where `+` would copy all of them time and again.
    [
      excludedOutboundPorts, passthroughSource, proxyUsers, proxyGroups, ownerGroups,
      dnsOverTCP, loopbackDestination, excludedOutboundCIDRs, includedOutboundPorts,
      includedOutboundCIDRs,
      dnsQuestions(at: .outputChain),
    ].flatMap(\.self)
  }

  /// A table of the chains that have rules.
  private func table(_ name: TableName, _ chains: [(ChainName, [Rule])]) -> Table {
    Table(name, chains: chains.filter { !$0.1.isEmpty }.map { Chain($0.0, rules: $0.1) })
  }
}
