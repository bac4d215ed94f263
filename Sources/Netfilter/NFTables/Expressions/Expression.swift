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
  /// Writes the attributes in NFTA_EXPR_DATA, in the order in which the kernel lists them.
  func encode(into message: inout MessageBuilder) throws(NetlinkFailure)
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
  /// Writes an element of NFTA_RULE_EXPRESSIONS.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` for an unknown expression or a value that does not fit.
  func encode(into message: inout MessageBuilder) throws(NetlinkFailure) {
    let element = message.beginNest(NFTA_LIST_ELEM)
    message.put(NFTA_EXPR_NAME, string: kernelName)
    if self != .notrack {
      let data = message.beginNest(NFTA_EXPR_DATA)
      try encodeData(into: &message)
      try message.endNest(data)
    }
    try message.endNest(element)
  }

  private func encodeData(into message: inout MessageBuilder) throws(NetlinkFailure) {
    switch self {
    case .meta(let expression): try expression.encode(into: &message)
    case .payload(let expression): try expression.encode(into: &message)
    case .compare(let expression): try expression.encode(into: &message)
    case .range(let expression): try expression.encode(into: &message)
    case .bitwise(let expression): try expression.encode(into: &message)
    case .byteorder(let expression): try expression.encode(into: &message)
    case .lookup(let expression): try expression.encode(into: &message)
    case .conntrack(let expression): try expression.encode(into: &message)
    case .counter(let expression): try expression.encode(into: &message)
    case .immediate(let expression): try expression.encode(into: &message)
    case .match(let expression): try expression.encodeMatch(into: &message)
    case .target(let expression): try expression.encodeTarget(into: &message)
    case .redirect(let expression): try expression.encode(into: &message)
    case .tproxy(let expression): try expression.encode(into: &message)
    case .notrack: break
    case .unknown(let expression):
      throw .inexpressible("the expression \"\(expression.name)\" cannot be written back")
    }
  }

  /// The kernel's name of the expression (NFTA_EXPR_NAME).
  private var kernelName: String {
    switch self {
    case .meta: "meta"
    case .payload: "payload"
    case .compare: "cmp"
    case .range: "range"
    case .bitwise: "bitwise"
    case .byteorder: "byteorder"
    case .lookup: "lookup"
    case .conntrack: "ct"
    case .counter: "counter"
    case .immediate: "immediate"
    case .match: "match"
    case .target: "target"
    case .redirect: "redir"
    case .tproxy: "tproxy"
    case .notrack: "notrack"
    case .unknown(let expression): expression.name
    }
  }
}
