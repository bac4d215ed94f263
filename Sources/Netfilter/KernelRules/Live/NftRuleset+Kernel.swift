import CNetfilter
public import Intercept
package import NFTables
package import Netlink
import RuleEncoding

extension InterceptionRules {
  /// Reads every table of nf_tables in the namespace, those of other programs included.
  ///
  /// - Throws: ``ApplyError``.
  public func allTables() throws(ApplyError) -> NftRuleset {
    try tables { (connection) throws(NetlinkError) in try connection.nftRuleset() }
  }

  /// Reads every table if one can take packets from the rules of an origin: another one, or a table of iptables other
  /// than nat. In most pods there is none, and no rule is read.
  ///
  /// - Throws: ``ApplyError``.
  public func contestedTables(of origin: RuleOrigin) throws(ApplyError) -> NftRuleset {
    let outline = try tables { (connection) throws(NetlinkError) in try connection.nftRuleset(with: [:]) }
    let isContested =
      !outline.tables(beside: origin).isEmpty
      || outline.tables.contains { $0.iptablesName.map { $0.1 != .nat } == true }
    return isContested ? try allTables() : NftRuleset()
  }

  private func tables(
    _ read: (inout KernelConnection) throws(NetlinkError) -> NftRuleset
  ) throws(ApplyError) -> NftRuleset {
    try withConnection { (connection) throws(ApplyError) in
      do throws(NetlinkError) {
        return try connection.consistently(read).result
      } catch {
        throw .refused(Refusal(error, namespace))
      }
    }
  }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// Reads every table with its chains, sets and rules.
  package mutating func nftRuleset() throws(NetlinkError) -> NftRuleset {
    try nftRuleset(with: Dictionary(grouping: try rules()) { "\($0.family)\0\($0.table)\0\($0.chain)" })
  }

  /// Reads every table with its chains and sets.
  ///
  /// - Parameter rules: the rules by family, table and chain, separated by NUL.
  fileprivate mutating func nftRuleset(with rules: [String: [RawRule]]) throws(NetlinkError) -> NftRuleset {
    let chains = Dictionary(grouping: try chains()) { "\($0.family)\0\($0.table)" }
    var model = NftRuleset()
    for table in try tables() {
      guard let family = NftFamily(rawValue: "\(table.family)") else { continue }
      let sets = try setsWithElements(of: table)
      let named = Dictionary(sets.map { ($0.raw.name, $0) }) { first, _ in first }
      let key = "\(table.family)\0\(table.name)"
      model.tables.append(
        NftTable(
          family, table.name, isDormant: table.flags & UInt32(NFT_TABLE_F_DORMANT.rawValue) != 0,
          chains: (chains[key] ?? []).map { chain in
            NftChain(
              chain.name, base: chain.base.flatMap { NftBaseChain($0, family) },
              rules: (rules["\(key)\0\(chain.name)"] ?? []).map { NftRule(live: $0, of: table, sets: named) })
          }, sets: sets.filter { !$0.raw.flags.contains(.anonymous) }.map(\.nftSet)))
    }
    return model
  }

  private mutating func setsWithElements(of table: RawTable) throws(NetlinkError) -> [LiveNativeSet] {
    var live: [LiveNativeSet] = []
    for set in try sets(table.family, table: table.name) {
      live.append(LiveNativeSet(set, elements: try elements(of: set)))
    }
    return live
  }
}
