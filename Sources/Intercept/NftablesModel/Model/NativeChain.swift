public import RuleModel

/// A chain of one of Istio's own tables.
public struct NativeChain: Hashable, Sendable {
  public let name: NativeChainName
  /// The hook of a base chain; nil for a chain that only rules call.
  public let base: NativeBaseChain?
  public var rules: [NativeRule]

  public init(_ name: NativeChainName, base: NativeBaseChain? = nil, rules: [NativeRule] = []) {
    self.name = name
    self.base = base
    self.rules = rules
  }
}

/// The name of a chain in one of Istio's own tables: `prerouting`, `istio-output`.
///
/// One to 127 bytes (`NFT_NAME_MAXLEN` less the NUL). Every name that the kernel reports is valid.
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

/// The properties of a base chain: `type nat hook output priority -100; policy accept;`.
public struct NativeBaseChain: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    case filter, nat, route
  }

  /// The chain's type; `route` repeats the route lookup for a packet whose mark has changed.
  public let kind: Kind
  public let hook: Hook
  /// The position among the chains of the hook, lower ones first (`NF_IP_PRI_*`).
  public let priority: Int32
  public let policy: Policy

  public init(_ kind: Kind, _ hook: Hook, priority: Int32, policy: Policy = .accept) {
    self.kind = kind
    self.hook = hook
    self.priority = priority
    self.policy = policy
  }

  /// The base chain of one of Istio's own tables, with the priority of the corresponding iptables table.
  public init(_ table: NativeTableName, _ hook: Hook, policy: Policy = .accept) {
    let isSource = hook == .input || hook == .postrouting
    switch table {
    case .raw: self.init(.filter, hook, priority: -300, policy: policy)
    case .mangle: self.init(hook == .output ? .route : .filter, hook, priority: -150, policy: policy)
    case .nat: self.init(.nat, hook, priority: isSource ? 100 : -100, policy: policy)
    }
  }
}
