import CNetfilter
package import Intercept
package import NFTables

extension BaseChain {
  /// A built-in chain of iptables-nft; nil if the table has none at that hook.
  package init?(_ table: TableName, _ hook: Hook, policy: Policy = .accept) {
    guard table.hooks.contains(hook) else { return nil }
    self.init(
      type: ChainType(table, hook), hook: HookNumber(hook), priority: Self.priority(table, hook),
      policy: PolicyVerdict(policy))
  }

  private static func priority(_ table: TableName, _ hook: Hook) -> Int32 {
    switch (table, hook) {
    case (.raw, _): NF_IP_PRI_RAW.rawValue
    case (.mangle, _): NF_IP_PRI_MANGLE.rawValue
    case (.nat, .prerouting), (.nat, .output), (.nat, .forward): NF_IP_PRI_NAT_DST.rawValue
    case (.nat, .input), (.nat, .postrouting): NF_IP_PRI_NAT_SRC.rawValue
    case (.filter, _): NF_IP_PRI_FILTER.rawValue
    // iptables-nft's priority, not the kernel's NF_IP_PRI_SECURITY.
    case (.security, _): 150
    }
  }
}

extension BaseChain.ChainType {
  fileprivate init(_ table: TableName, _ hook: Hook) {
    switch (table, hook) {
    case (.nat, _): self = .nat
    // Mangle rules on output may change the route.
    case (.mangle, .output): self = .route
    case (.raw, _), (.mangle, _), (.filter, _), (.security, _): self = .filter
    }
  }
}

extension BaseChain.HookNumber {
  /// The number of a hook of iptables.
  package init(_ hook: Hook) {
    switch hook {
    case .prerouting: self = .prerouting
    case .input: self = .input
    case .forward: self = .forward
    case .output: self = .output
    case .postrouting: self = .postrouting
    }
  }
}

extension BaseChain.PolicyVerdict {
  init(_ policy: Policy) {
    switch policy {
    case .accept: self = .accept
    case .drop: self = .drop
    }
  }
}

extension TableFamily {
  package init(_ family: IPFamily) {
    switch family {
    case .ipv4: self = .ip
    case .ipv6: self = .ip6
    }
  }

  /// The address family of a table family that iptables-nft uses; nil for any other.
  package var addressFamily: IPFamily? { IPFamily.allCases.first { TableFamily($0) == self } }
}
