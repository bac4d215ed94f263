import CNetfilter
package import Intercept

extension BaseChain {
  /// A built-in chain of iptables-nft's; nil where the table has none at that hook.
  package init?(_ table: TableName, _ hook: Intercept.Hook, policy: Intercept.Policy = .accept) {
    guard table.hooks.contains(hook) else { return nil }
    self.init(
      type: ChainType(table, hook), hook: Hook(hook), priority: Self.priority(table, hook),
      policy: Policy(policy))
  }

  private static func priority(_ table: TableName, _ hook: Intercept.Hook) -> Int32 {
    switch (table, hook) {
    case (.raw, _): NF_IP_PRI_RAW.rawValue
    case (.mangle, _): NF_IP_PRI_MANGLE.rawValue
    case (.nat, .prerouting), (.nat, .output), (.nat, .forward): NF_IP_PRI_NAT_DST.rawValue
    case (.nat, .input), (.nat, .postrouting): NF_IP_PRI_NAT_SRC.rawValue
    case (.filter, _): NF_IP_PRI_FILTER.rawValue
    // Not the kernel's NF_IP_PRI_SECURITY.
    case (.security, _): 150
    }
  }
}

extension BaseChain.ChainType {
  fileprivate init(_ table: TableName, _ hook: Intercept.Hook) {
    switch (table, hook) {
    case (.nat, _): self = .nat
    // What changes a packet on its way out has it routed again.
    case (.mangle, .output): self = .route
    case (.raw, _), (.mangle, _), (.filter, _), (.security, _): self = .filter
    }
  }
}

extension BaseChain.Hook {
  init(_ hook: Intercept.Hook) {
    switch hook {
    case .prerouting: self = .prerouting
    case .input: self = .input
    case .forward: self = .forward
    case .output: self = .output
    case .postrouting: self = .postrouting
    }
  }
}

extension BaseChain.Policy {
  init(_ policy: Intercept.Policy) {
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

  /// The address family of the tables that iptables-nft uses; nil for any other.
  package var addressFamily: IPFamily? { IPFamily.allCases.first { TableFamily($0) == self } }
}
