import CNetfilter
package import Netlink

/// The chain that an element of a verdict map leads to (NFTA_SET_ELEM_DATA).
private struct VerdictTarget: Dumped {
  let chain: String

  static func add(_ message: NetlinkMessage, to list: inout [VerdictTarget]) throws(NetlinkFailure) {
    let (_, attributes) = try message.body(nfgenmsg.self)
    guard let elements = attributes[NFTA_SET_ELEM_LIST_ELEMENTS] else { return }
    var nests = AttributeReader(elements.payload)
    while let nest = try nests.next() {
      let data = try nest.nested()[NFTA_SET_ELEM_DATA]
      guard let verdict = try data.map({ (data) throws(NetlinkFailure) in try VerdictCode(data.nested()) })
      else { continue }
      if let chain = verdict?.chain { list.append(VerdictTarget(chain: chain)) }
    }
  }
}

extension NFTablesConnection where Transport: ~Copyable {
  /// The verdict maps of a table that lead to a chain.
  package mutating func verdictMaps(of table: RawTable, leadingTo chain: String) throws(NetlinkError)
    -> [RawSet]
  {
    var maps: [RawSet] = []
    for set in try sets(table.family, table: table.name) where set.flags.contains(.map) {
      let targets: [VerdictTarget] = try listElements(of: set)
      if targets.contains(where: { $0.chain == chain }) { maps.append(set) }
    }
    return maps
  }
}
