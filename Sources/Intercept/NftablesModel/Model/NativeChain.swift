public import RuleModel

/// The name of a chain in one of our tables: `prerouting`, `istio-output`.
///
/// One to 127 bytes (`NFT_NAME_MAXLEN` less the NUL). Whatever the kernel tells is a name.
public struct NativeChainName: Hashable, Sendable, LosslessStringConvertible {
  public let text: String

  public init?(_ description: String) {
    guard (1...127).contains(description.utf8.count), !description.utf8.contains(0) else { return nil }
    text = description
  }

  /// The name of the base chain at a hook: `output`.
  public init(_ hook: Hook) {
    text = hook.rawValue.lowercased()
  }

  public var description: String { text }
}

/// What makes a chain a base chain: where, when and as what the kernel calls it.
public struct NativeBaseChain: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case filter, nat, route
  }

  /// The chain's type; `route` looks for another route where rules changed the packet's mark.
  public let kind: Kind
  public let hook: Hook
  /// When the chain is called among others at the hook; lower comes earlier (`NF_IP_PRI_*`).
  public let priority: Int32
  public let policy: Policy

  public init(_ kind: Kind, _ hook: Hook, priority: Int32, policy: Policy = .accept) {
    self.kind = kind
    self.hook = hook
    self.priority = priority
    self.policy = policy
  }

  /// The base chain of a table of ours: called when the iptables table of that purpose is.
  public init(_ table: NativeTableName, _ hook: Hook, policy: Policy = .accept) {
    let isSource = hook == .input || hook == .postrouting
    switch table {
    case .raw: self.init(.filter, hook, priority: -300, policy: policy)
    case .mangle: self.init(hook == .output ? .route : .filter, hook, priority: -150, policy: policy)
    case .nat: self.init(.nat, hook, priority: isSource ? 100 : -100, policy: policy)
    }
  }
}

/// A chain of one of our tables.
public struct NativeChain: Hashable, Sendable {
  public let name: NativeChainName
  /// Where the kernel calls the chain; nil for one that only rules call.
  public let base: NativeBaseChain?
  public var rules: [NativeRule]

  public init(_ name: NativeChainName, base: NativeBaseChain? = nil, rules: [NativeRule] = []) {
    self.name = name
    self.base = base
    self.rules = rules
  }
}
