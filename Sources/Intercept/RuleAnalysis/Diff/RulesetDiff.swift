public import NetworkValues
public import RuleModel

/// In what live rules differ from the wanted ones, by what they mean, not by how they are spelled.
///
/// Compared is what is ours: `ISTIO_` chains with all they hold, jumps to them, and what the configuration (or
/// another one of ours, see ``Ownership``) puts into built-in chains. Foreign rules count only where they take
/// packets away from a rule of ours behind them. Policies do not count: they decide about what every rule left
/// alone, and a firewall's DROP is its own affair; a trace shows what comes of it.
public struct RulesetDiff: Hashable, Sendable {
  public let family: IPFamily
  /// The chains in which something differs, in the order of tables and chains.
  public let chains: [ChainDiff]

  /// Whether nothing differs.
  public var isEmpty: Bool { chains.isEmpty }

  /// Compares two rule sets of one family; the wanted one's says which.
  public init(wanted: Ruleset, live: Ruleset) {
    family = wanted.family
    let ownership = Ownership(of: live, wanted: wanted)
    chains = TableName.allCases.sorted().flatMap { name in
      TableComparison(wanted: wanted[name] ?? Table(name), live: live[name] ?? Table(name), ownership).chains
    }
  }

  /// All differences with the chain they are in.
  public var differences: [Difference] { chains.flatMap(\.differences) }
}

/// In what a chain differs.
public struct ChainDiff: Hashable, Sendable {
  /// Whether the chain itself is there and should be.
  public enum Presence: String, Hashable, Sendable, Encodable {
    /// There, as it should be; also of built-in chains, which nobody makes.
    case present
    case missing
    case unexpected
  }

  public let table: TableName
  public let chain: ChainName
  public let presence: Presence
  public let differences: [Difference]

  /// Whether nothing differs.
  var isEmpty: Bool { presence == .present && differences.isEmpty }
}
