import CNetfilter

extension Expression {
  /// Reads one element of NFTA_RULE_EXPRESSIONS.
  init(_ element: AttributeTable) throws(NetlinkFailure) {
    let name = try element.text(NFTA_EXPR_NAME)
    let data = element[NFTA_EXPR_DATA]
    let known = try Self.known(name, data?.nested() ?? AttributeTable())
    self = known ?? .unknown(UnknownExpression(name: name, data: data?.bytes ?? []))
  }

  private static func known(_ name: String, _ data: AttributeTable) throws(NetlinkFailure) -> Self? {
    switch name {
    case "meta": MetaExpression(data).map(Self.meta)
    case "payload": PayloadExpression(data).map(Self.payload)
    case "cmp": try CompareExpression(data).map(Self.compare)
    case "range": try RangeExpression(data).map(Self.range)
    case "bitwise": try BitwiseExpression(data).map(Self.bitwise)
    case "byteorder": ByteorderExpression(data).map(Self.byteorder)
    case "lookup": LookupExpression(data).map(Self.lookup)
    case "ct": ConntrackExpression(data).map(Self.conntrack)
    case "counter": CounterExpression(data).map(Self.counter)
    case "immediate": try ImmediateExpression(data).map(Self.immediate)
    case "match": XtExtension(match: data).map(Self.match)
    case "target": XtExtension(target: data).map(Self.target)
    case "redir": RedirectExpression(data).map(Self.redirect)
    case "tproxy": TproxyExpression(data).map(Self.tproxy)
    case "notrack": .notrack
    default: nil
    }
  }
}
