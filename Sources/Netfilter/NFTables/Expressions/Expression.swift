import CNetfilter
import Netlink

/// An expression of a rule (NFTA_LIST_ELEM with NFTA_EXPR_NAME and NFTA_EXPR_DATA).
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
  /// An expression of an unknown name, or with contents that are not modelled.
  case unknown(UnknownExpression)
}

/// An expression that is not modelled, kept as received.
package struct UnknownExpression: Hashable, Sendable {
  package var name: String
  /// The attributes in NFTA_EXPR_DATA.
  package var data: [UInt8]

  package init(name: String, data: [UInt8] = []) {
    self.name = name
    self.data = data
  }
}

/// A modelled kind of expression.
protocol ExpressionKind: Hashable, Sendable {
  /// Decodes NFTA_EXPR_DATA; nil if this type cannot represent it.
  init?(_ data: AttributeTable) throws(NetlinkFailure)
  /// The libnftnl object.
  func encoded() throws(NetlinkFailure) -> NFTExpression
}

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

extension Expression {
  /// The libnftnl object for this expression.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` for an unknown expression or a value that does not fit.
  func encoded() throws(NetlinkFailure) -> NFTExpression {
    switch self {
    case .meta(let expression): try expression.encoded()
    case .payload(let expression): try expression.encoded()
    case .compare(let expression): try expression.encoded()
    case .range(let expression): try expression.encoded()
    case .bitwise(let expression): try expression.encoded()
    case .byteorder(let expression): try expression.encoded()
    case .lookup(let expression): try expression.encoded()
    case .conntrack(let expression): try expression.encoded()
    case .counter(let expression): try expression.encoded()
    case .immediate(let expression): try expression.encoded()
    case .match(let expression): try expression.encodedMatch()
    case .target(let expression): try expression.encodedTarget()
    case .redirect(let expression): try expression.encoded()
    case .tproxy(let expression): try expression.encoded()
    case .notrack: try NFTExpression.named("notrack")
    case .unknown(let expression):
      throw .inexpressible("the expression \"\(expression.name)\" cannot be written back")
    }
  }

  /// An upper bound of the expression's size in a message, in bytes.
  var largestEncoding: Int {
    switch self {
    case .match(let expression), .target(let expression): 128 + expression.info.count
    // The name of a chain or set or two values of 64 bytes, and their attribute headers.
    default: 384
    }
  }
}
