public import Intercept

/// Which chain of which table.
public struct ChainLocation: Hashable, Sendable {
  public let family: IPFamily
  public let table: TableName
  /// The chain's name, which may be one that iptables itself would not take.
  public let chain: String

  public init(family: IPFamily, table: TableName, chain: String) {
    self.family = family
    self.table = table
    self.chain = chain
  }
}

extension ChainLocation: CustomStringConvertible {
  /// `IPv4 nat OUTPUT`.
  public var description: String { "\(family) \(table.rawValue) \(chain)" }
}
