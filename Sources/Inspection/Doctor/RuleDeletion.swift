import Intercept

/// The command that deletes a rule of another program.
struct RuleDeletion {
  private let place: RulePlace
  private let rule: TracedRule
  private let family: IPFamily
  private let origin: RuleOrigin

  /// - Parameters:
  ///   - family: the family of the packets that meet the rule.
  ///   - origin: the tables that hold Istio's rules.
  init(_ place: RulePlace, _ rule: TracedRule, _ family: IPFamily, _ origin: RuleOrigin) {
    (self.place, self.rule, self.family, self.origin) = (place, rule, family, origin)
  }

  var command: String {
    switch place.table {
    case .iptables(let table): iptables(origin == .legacy ? "-legacy" : "", table)
    case .legacy(let table): iptables("-legacy", table)
    case .nftables(let title): nft(title)
    }
  }

  private func iptables(_ backend: String, _ table: TableName) -> String {
    "\(family.iptablesProgram)\(backend) -t \(table.rawValue) -D \(place.chain) \(place.index)"
  }

  private func nft(_ title: String) -> String {
    let command = "nft delete rule \(title) \(place.chain) handle"
    guard case .nftables(let rule) = rule, let handle = rule.handle else {
      return "nft -a list table \(title) shows its handle, \(command) N"
    }
    return "\(command) \(handle)"
  }
}
