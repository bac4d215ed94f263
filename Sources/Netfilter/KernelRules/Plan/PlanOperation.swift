public import Intercept
package import NFTables

/// One operation of a plan.
public enum PlanOperation: Hashable, Sendable {
  case makeTable(IPFamily, TableName)
  /// Creates a chain; a base chain if it has the name of a built-in one.
  case makeChain(ChainLocation)
  /// Inserts a rule before another, or appends it to the chain.
  case addRule(Rule, ChainLocation, before: RuleReference?)
  case deleteRule(RuleReference, ChainLocation)
  /// Removes all rules of a chain.
  case flushChain(ChainLocation)
  case deleteChain(ChainLocation)
  /// Ends a table's dormant state, in which none of its rules has an effect.
  case wakeTable(IPFamily, TableName)
  /// Removes a table of iptables-nft with its contents.
  case deleteTable(IPFamily, TableName)
  /// Removes a table in nftables form, of family `inet`, with its contents.
  case deleteNativeTable(name: String)
  case makeNativeTable(NativeTableName)
  /// Creates a chain; a base chain if it has a hook.
  case makeNativeChain(NativeChainName, NativeBaseChain?, NativeTableName)
  /// Appends a rule with its sets to a chain.
  case addNativeRule(NativeRule, NativeChainName, NativeTableName)
}

/// A rule in the kernel, identified by its handle.
public struct RuleReference: Hashable, Sendable {
  public let rule: Rule
  package let handle: Handle

  package init(_ live: LiveRule) {
    rule = live.rule
    handle = live.handle
  }
}

extension PlanOperation: CustomStringConvertible {
  /// The operation in the syntax of `iptables` after the family, `IPv4: -t nat -A OUTPUT -j ISTIO_OUTPUT`, or in
  /// that of `nft`.
  public var description: String {
    switch self {
    case .makeTable(let family, let table): "\(family): make table \(table.rawValue)"
    case .makeChain(let place): "\(place.prefix) -N \(place.chain)"
    case .addRule(let rule, let place, before: nil): place.line("-A", rule)
    case .addRule(let rule, let place, before: .some): place.line("-I", rule)
    case .deleteRule(let reference, let place): place.line("-D", reference.rule)
    case .flushChain(let place): "\(place.prefix) -F \(place.chain)"
    case .deleteChain(let place): "\(place.prefix) -X \(place.chain)"
    case .wakeTable(let family, let table): "\(family): wake table \(table.rawValue) (it is dormant)"
    case .deleteTable(let family, let table): "\(family): delete table \(table.rawValue)"
    case .deleteNativeTable(let name): "delete table inet \(name)"
    case .makeNativeTable(let table): "add table inet \(table.kernelName)"
    case .makeNativeChain(let chain, nil, let table): "add chain inet \(table.kernelName) \(chain)"
    case .makeNativeChain(let chain, let base?, let table):
      "add chain inet \(table.kernelName) \(chain) { \(base.nftText) }"
    case .addNativeRule(let rule, let chain, let table):
      "add rule inet \(table.kernelName) \(chain) \(rule.nftText)"
    }
  }
}

extension ChainLocation {
  fileprivate var prefix: String { "\(family): -t \(table.rawValue)" }

  fileprivate func line(_ command: String, _ rule: Rule) -> String {
    let text = rule.iptablesText
    return "\(prefix) \(command) \(chain)\(text.isEmpty ? "" : " ")\(text)"
  }
}

/// A chain of a table.
public struct ChainLocation: Hashable, Sendable {
  public let family: IPFamily
  public let table: TableName
  /// The name of the chain, which iptables itself may not accept.
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
