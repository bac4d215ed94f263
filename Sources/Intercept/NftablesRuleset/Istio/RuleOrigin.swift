public import NetworkValues
import NftablesModel
public import RuleModel

/// The tables of the kernel that a rule set was read from. Packets traverse the other tables as well.
public enum RuleOrigin: String, Hashable, Sendable, CaseIterable {
  /// The tables of iptables-nft: `ip nat`, `ip6 filter`.
  case iptablesNFT
  /// Istio's own tables: `inet istio-proxy-nat`.
  case native
  /// The tables of iptables-legacy, which nf_tables does not show.
  case legacy
}

extension NftTable {
  /// The name that the table has in a rule set of an origin; nil for a table that is not part of it.
  public func name(in origin: RuleOrigin, _ family: IPFamily) -> TableName? {
    switch origin {
    case .iptablesNFT:
      guard !isForeign, let (own, name) = iptablesName, own == family else { return nil }
      return name
    case .native: return istioName?.iptablesName
    case .legacy: return nil
    }
  }
}

extension NftRuleset {
  /// The tables that are part of no rule set of an origin.
  public func tables(beside origin: RuleOrigin) -> NftRuleset {
    NftRuleset(
      tables: tables.filter { table in IPFamily.allCases.allSatisfy { table.name(in: origin, $0) == nil } })
  }
}
