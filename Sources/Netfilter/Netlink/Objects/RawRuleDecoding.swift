import CNetfilter

// Rules are read attribute by attribute and not through libnftnl, which refuses a whole rule for one
// expression that is newer than itself: a foreign rule must be seen, even if not understood.
extension RawRule: DumpedObject {
  package init(_ message: NetlinkMessage) throws(NetlinkFailure) {
    let (header, attributes) = try message.body(nfgenmsg.self)
    self.init(
      family: TableFamily(rawValue: header.nfgen_family),
      table: try attributes.text(NFTA_RULE_TABLE), chain: try attributes.text(NFTA_RULE_CHAIN),
      handle: attributes[NFTA_RULE_HANDLE]?.big64.map(Handle.init),
      position: attributes[NFTA_RULE_POSITION]?.big64.map(Handle.init),
      userdata: attributes[NFTA_RULE_USERDATA]?.bytes ?? [])
    expressions = try attributes[NFTA_RULE_EXPRESSIONS].map(Self.expressions) ?? []
  }

  private static func expressions(_ list: NetlinkAttribute) throws(NetlinkFailure) -> [Expression] {
    var expressions: [Expression] = []
    for element in try list.nested().all {
      expressions.append(try Expression(element.nested()))
    }
    return expressions
  }
}

extension AttributeTable {
  /// The text of an attribute that the kernel always sends.
  func text(_ type: some RawRepresentable<UInt32>) throws(NetlinkFailure) -> String {
    guard let attribute = self[type] else { throw .malformed("attribute \(type.rawValue) is missing") }
    return attribute.string
  }
}
