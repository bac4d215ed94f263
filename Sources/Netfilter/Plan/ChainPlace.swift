public import Intercept

/// Which chain of which table.
public struct ChainPlace: Hashable, Sendable {
  public let family: IPFamily
  public let table: TableName
  /// The chain's name, which may be one that iptables itself would not take.
  public let chain: String
}

extension ChainPlace: CustomStringConvertible {
  /// `IPv4 nat OUTPUT`.
  public var description: String { "\(family) \(table.rawValue) \(chain)" }
}
