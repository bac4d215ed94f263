import Intercept
import TestSupport
import Testing

/// Configurations whose rules the tests change.
enum Sample: String, CaseIterable, CustomTestStringConvertible {
  /// The sidecar of the documented dump.
  case documented
  /// The injector's present options.
  case sidecar
  case tproxy
  /// DNS rules in built-in chains.
  case oldDNS
  case newDNS
  case virtualMachine
  case groups

  var testDescription: String { rawValue }

  var wanted: Ruleset { Self.built(configuration) }

  static func built(_ configuration: Configuration) -> Ruleset {
    RulesetBuilder.build(configuration).first ?? Ruleset(.ipv4)
  }

  var configuration: Configuration {
    var configuration = Configuration.sidecar()
    switch self {
    case .documented: configuration = .documented
    case .sidecar: break
    case .tproxy:
      configuration.interception = .tproxy(mark: 1337, table: 133)
      configuration.excludedInterfaces = ["eth5", "eth6"].compactMap(InterfacePattern.init)
      configuration.dropsInvalid = true
    case .oldDNS:
      configuration.release = IstioRelease(minor: 21) ?? .newest
      configuration.dns = .servers([.ipv4(IPv4Address(10, 96, 0, 10))])
      configuration.dropsInvalid = true
      configuration.excludedInterfaces = InterfacePattern("eth5").map { [$0] } ?? []
    case .newDNS: configuration.dns = .all
    case .virtualMachine:
      configuration.virtualInterfaces = ["eth1", "eth2"].compactMap(InterfacePattern.init)
      configuration.outboundCIDRs = .only(["10.0.0.0/8", "172.16.0.0/12"].compactMap(WrittenCIDR.init))
      configuration.excludedOutboundCIDRs = CIDR("10.1.0.0/16").map { [$0] } ?? []
    case .groups:
      configuration.ownerGroups = .only(["3030", "202"].compactMap(GroupID.init))
    }
    return configuration
  }
}

/// Position of a rule.
struct RulePlace {
  let table: TableName
  let chain: ChainName
  let index: Int

  var name: String { "\(table.rawValue) \(chain) \(index + 1)" }
}

extension Ruleset {
  /// Positions of all rules.
  var places: [RulePlace] {
    tables.flatMap { table in
      table.chains.flatMap { chain in
        chain.rules.indices.map { RulePlace(table: table.name, chain: chain.name, index: $0) }
      }
    }
  }

  subscript(place: RulePlace) -> Rule { rules(place.table, place.chain)[place.index] }

  func rules(_ table: TableName, _ chain: ChainName) -> [Rule] { self[table, chain]?.rules ?? [] }

  /// The rule set with the rules of one chain changed. The chain remains even if it is empty.
  func changing(_ table: TableName, _ chain: ChainName, _ change: (inout [Rule]) -> Void) -> Ruleset {
    var rules = rules(table, chain)
    change(&rules)
    let others = self[table]?.chains.filter { $0.name != chain } ?? []
    let changed = Table(table, chains: others + [Chain(chain, rules: rules)])
    return Ruleset(family, tables: tables.filter { $0.name != table } + [changed])
  }

  func changing(_ place: RulePlace, _ change: (inout [Rule]) -> Void) -> Ruleset {
    changing(place.table, place.chain, change)
  }

  /// The rule set without a chain.
  func without(_ table: TableName, _ chain: ChainName) -> Ruleset {
    let rest = Table(table, chains: self[table]?.chains.filter { $0.name != chain } ?? [])
    return Ruleset(family, tables: tables.filter { $0.name != table } + [rest])
  }

  /// The rule set with rules inserted at the front of a chain.
  func inserting(_ table: TableName, _ chain: Hook, _ rules: String...) -> Ruleset {
    changing(table, ChainName(chain)) { $0 = rules.map(TerseRules.rule) + $0 }
  }

  /// The rule set with rules appended to a chain.
  func appending(_ table: TableName, _ chain: String, _ rules: String...) -> Ruleset {
    ChainName(chain).map { changing(table, $0) { $0 += rules.map(TerseRules.rule) } } ?? self
  }
}
