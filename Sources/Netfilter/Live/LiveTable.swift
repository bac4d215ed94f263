package import Intercept

/// A table of iptables-nft in the kernel.
package struct LiveTable: Hashable, Sendable {
  package let family: IPFamily
  package let name: TableName
  package let raw: RawTable
  /// In the order they were made.
  package let chains: [LiveChain]

  /// Nil if the table is none of those that iptables-nft uses.
  package init?(_ raw: RawTable, chains: [LiveChain]) {
    guard let (family, name) = raw.iptablesName else { return nil }
    self.family = family
    self.name = name
    self.raw = raw
    self.chains = chains
  }

  /// The table in the rule model.
  package var table: Table { Table(name, chains: chains.compactMap(\.chain)) }

  package subscript(chain: String) -> LiveChain? { chains.first { $0.raw.name == chain } }

  /// Whether there are sets or other things in it besides chains.
  package var holdsMoreThanChains: Bool { Int(raw.uses) > chains.count }
}

extension RawTable {
  /// The address family and name that iptables knows the table by; nil if it does not.
  package var iptablesName: (IPFamily, TableName)? {
    guard let family = family.addressFamily, let name = TableName(rawValue: name) else { return nil }
    return (family, name)
  }
}
