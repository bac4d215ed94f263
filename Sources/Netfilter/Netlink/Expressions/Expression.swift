import CNetfilter

/// One step of a rule, as nf_tables runs it (NFTA_LIST_ELEM with NFTA_EXPR_NAME and NFTA_EXPR_DATA).
package enum Expression: Hashable, Sendable {
  case meta(MetaExpression)
  case payload(PayloadExpression)
  case compare(CompareExpression)
  case range(RangeExpression)
  case bitwise(BitwiseExpression)
  case byteorder(ByteorderExpression)
  case lookup(LookupExpression)
  case conntrack(ConntrackExpression)
  case counter(CounterExpression)
  case immediate(ImmediateExpression)
  case match(XtExtension)
  case target(XtExtension)
  case redirect(RedirectExpression)
  case tproxy(TproxyExpression)
  case notrack
  /// One that this program does not know, or a known one with contents that it does not know.
  case unknown(UnknownExpression)
}

/// An expression that this program cannot read, kept as it came.
package struct UnknownExpression: Hashable, Sendable {
  package var name: String
  /// The attributes in NFTA_EXPR_DATA.
  package var data: [UInt8]

  package init(name: String, data: [UInt8] = []) {
    self.name = name
    self.data = data
  }
}

/// What every kind of expression can do.
protocol ExpressionKind: Hashable, Sendable {
  /// Reads NFTA_EXPR_DATA; nil if it holds what this type cannot say.
  init?(_ data: AttributeTable) throws(NetlinkFailure)
  /// The libnftnl object.
  func encoded() throws(NetlinkFailure) -> NFTExpression
}
