public import RuleModel

/// A table of ours, by the iptables table whose rules it holds.
public enum NativeTableName: String, Hashable, Sendable, CaseIterable, Comparable {
  case raw = "istio-proxy-raw"
  case mangle = "istio-proxy-mangle"
  case nat = "istio-proxy-nat"

  /// The table's name in the kernel, where it is of family `inet`.
  public var kernelName: String { rawValue }

  /// The iptables table with the same part in a packet's way.
  public var iptablesName: TableName {
    switch self {
    case .raw: .raw
    case .mangle: .mangle
    case .nat: .nat
    }
  }

  public static func < (left: NativeTableName, right: NativeTableName) -> Bool {
    left.iptablesName < right.iptablesName
  }
}

/// A table of ours: chains, in the order in which they are made and listed.
public struct NativeTable: Hashable, Sendable {
  public let name: NativeTableName
  /// The chains, base chains first; no two of one name.
  public let chains: [NativeChain]

  public init(_ name: NativeTableName, chains: [NativeChain] = []) {
    self.name = name
    self.chains = chains
  }

  public subscript(chain: NativeChainName) -> NativeChain? { chains.first { $0.name == chain } }
}
