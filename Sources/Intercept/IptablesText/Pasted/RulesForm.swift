/// A text format of rules.
public enum RulesForm: String, Hashable, Sendable, CaseIterable {
  /// Output of `iptables-save`, input of `iptables-restore`.
  case save = "iptables-save"
  /// Output of `iptables -S`: commands of one table, without the table's name.
  case listRules = "iptables -S"
  /// Output of `iptables -L -v`.
  case verboseListing = "iptables -L -v"
  /// Output of `iptables -L` without `-v`, which has no interfaces.
  case listing = "iptables -L"
  /// Commands of a shell, one for each rule.
  case commands = "iptables commands"
  /// Output of `nft list ruleset`.
  case nftText = "nft list ruleset"
  /// Output of `nft -j list ruleset`.
  case nftJSON = "nft -j list ruleset"
}
