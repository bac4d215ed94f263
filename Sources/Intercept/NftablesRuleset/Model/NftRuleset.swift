public import NetworkValues

/// The rules of nf_tables as they are: every table of every family, in the order of creation.
///
/// Its text form is `nft list ruleset`. `NativeRuleset` is the part of it that Istio owns.
public struct NftRuleset: Hashable, Sendable {
  /// The tables in the order in which the kernel lists them.
  public var tables: [NftTable]

  public init(tables: [NftTable] = []) {
    self.tables = tables
  }

  public subscript(family: NftFamily, name: String) -> NftTable? {
    tables.first { $0.family == family && $0.name == name }
  }

  public var isEmpty: Bool { tables.isEmpty }

  /// Number of rules in all tables.
  public var ruleCount: Int { tables.reduce(0) { $0 + $1.chains.reduce(0) { $0 + $1.rules.count } } }
}

/// The family of a table (`NFPROTO_*`).
public enum NftFamily: String, Hashable, Sendable, CaseIterable {
  case ip, ip6, inet, arp, bridge, netdev

  /// True if chains of the family see packets of an address family at the hooks of IP.
  public func sees(_ family: IPFamily) -> Bool {
    switch self {
    case .inet: true
    case .ip: family == .ipv4
    case .ip6: family == .ipv6
    case .arp, .bridge, .netdev: false
    }
  }
}

/// A table of nf_tables.
public struct NftTable: Hashable, Sendable {
  public let family: NftFamily
  public let name: String
  /// True if the chains are not attached to their hooks (`flags dormant`): no rule of the table has an effect.
  public var isDormant: Bool
  /// The chains in the order of creation.
  public var chains: [NftChain]
  /// The named sets and maps.
  public var sets: [NftSet]

  public init(
    _ family: NftFamily, _ name: String, isDormant: Bool = false, chains: [NftChain] = [], sets: [NftSet] = []
  ) {
    self.family = family
    self.name = name
    self.isDormant = isDormant
    self.chains = chains
    self.sets = sets
  }

  public subscript(chain name: String) -> NftChain? { chains.first { $0.name == name } }

  public subscript(set name: String) -> NftSet? { sets.first { $0.name == name } }

  /// Family and name as `nft` writes them: `inet firewall`.
  public var title: String { "\(family.rawValue) \(name)" }
}
