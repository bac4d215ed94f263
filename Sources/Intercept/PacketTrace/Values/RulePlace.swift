public import RuleModel

/// Where a rule stands.
public struct RulePlace: Hashable, Sendable {
  public let table: TableName
  public let chain: ChainName
  /// Its number in the chain, counted from 1 as iptables counts.
  public let index: Int
}

extension RulePlace: CustomStringConvertible {
  public var description: String { "rule \(index) of \(chain) in \(table.rawValue)" }
}
