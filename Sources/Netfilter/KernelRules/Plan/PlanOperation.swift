public import Intercept

/// One step from the rules there are to the rules there should be.
public enum PlanOperation: Hashable, Sendable {
  case makeTable(IPFamily, TableName)
  /// A built-in chain if it has the name of one.
  case makeChain(ChainLocation)
  /// Puts a rule in front of another, or at the chain's end.
  case addRule(Rule, ChainLocation, before: RuleReference?)
  case deleteRule(RuleReference, ChainLocation)
  /// Takes all rules out of a chain.
  case flushChain(ChainLocation)
  case deleteChain(ChainLocation)
  /// Removes a table of iptables-nft's with all that is in it.
  case deleteTable(IPFamily, TableName)
  /// Removes a table of the native form, which is in family `inet`, with all that is in it.
  case deleteNativeTable(name: String)
  case makeNativeTable(NativeTableName)
  /// A base chain where the kernel shall call it.
  case makeNativeChain(NativeChainName, NativeBaseChain?, NativeTableName)
  /// Puts a rule, with the sets that it looks into, at the end of a chain.
  case addNativeRule(NativeRule, NativeChainName, NativeTableName)
}

/// A rule in the kernel, by the handle that it has in its table.
public struct RuleReference: Hashable, Sendable {
  public let rule: Rule
  package let handle: Handle

  package init(_ live: LiveRule) {
    rule = live.rule
    handle = live.handle
  }
}

extension PlanOperation: CustomStringConvertible {
  /// The step in the words of `iptables`, with the family in front: `IPv4: -t nat -A OUTPUT -j ISTIO_OUTPUT`; of the
  /// native form in those of `nft`.
  public var description: String {
    switch self {
    case .makeTable(let family, let table): "\(family): make table \(table.rawValue)"
    case .makeChain(let place): "\(place.prefix) -N \(place.chain)"
    case .addRule(let rule, let place, before: nil): place.line("-A", rule)
    case .addRule(let rule, let place, before: .some): place.line("-I", rule)
    case .deleteRule(let reference, let place): place.line("-D", reference.rule)
    case .flushChain(let place): "\(place.prefix) -F \(place.chain)"
    case .deleteChain(let place): "\(place.prefix) -X \(place.chain)"
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
