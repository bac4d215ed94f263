/// A table's name, in the order in which packets and listings meet the tables.
public enum TableName: String, Hashable, Sendable, CaseIterable, Comparable {
  case raw, mangle, nat, filter, security

  public static func < (left: TableName, right: TableName) -> Bool { left.position < right.position }

  private var position: Int {
    switch self {
    case .raw: 0
    case .mangle: 1
    case .nat: 2
    case .filter: 3
    case .security: 4
    }
  }

  /// The built-in chains of the table, in the order `iptables-save` prints them.
  public var hooks: [Hook] {
    switch self {
    case .raw: [.prerouting, .output]
    case .mangle: [.prerouting, .input, .forward, .output, .postrouting]
    case .nat: [.prerouting, .input, .output, .postrouting]
    case .filter, .security: [.input, .forward, .output]
    }
  }
}

/// A table: chains of rules for one purpose.
public struct Table: Hashable, Sendable {
  public let name: TableName
  /// The chains in the order they are printed: the built-in ones in the order of `TableName.hooks`, then the
  /// others by name.
  public private(set) var chains: [Chain]

  /// Makes a table, leaving out built-in chains that hold nothing but their default.
  public init(_ name: TableName, chains: [Chain] = []) {
    self.name = name
    let kept = chains.filter { !$0.isDefault }
    // Dumps come sorted, and may have thousands of chains.
    let isSorted = zip(kept, kept.dropFirst()).allSatisfy { $0.name < $1.name }
    self.chains = isSorted ? kept : kept.sorted { $0.name < $1.name }
  }

  public subscript(chain: ChainName) -> Chain? { chains.first { $0.name == chain } }

  public var isEmpty: Bool { chains.isEmpty }

  public var ruleCount: Int { chains.reduce(0) { $0 + $1.rules.count } }
}
