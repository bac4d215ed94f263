/// What happens to a packet that comes to the end of a built-in chain.
public enum Policy: String, Hashable, Sendable {
  case accept = "ACCEPT"
  case drop = "DROP"
}

/// A chain: rules that are tried one after the other.
public struct Chain: Hashable, Sendable {
  public let name: ChainName
  /// The verdict at the chain's end; means nothing in a user-defined chain, which returns there.
  public let policy: Policy
  public var rules: [Rule]

  public init(_ name: ChainName, policy: Policy = .accept, rules: [Rule] = []) {
    self.name = name
    self.policy = policy
    self.rules = rules
  }

  /// Whether this is a built-in chain as the kernel has it before anybody touches it.
  var isDefault: Bool { name.hook != nil && policy == .accept && rules.isEmpty }
}
