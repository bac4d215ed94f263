extension Expression {
  /// The libnftnl object for this expression.
  ///
  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` for an unknown one, or a value that does not fit.
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

  /// An upper bound of the bytes that the expression takes in a message.
  var largestEncoding: Int {
    switch self {
    case .match(let expression), .target(let expression): 128 + expression.info.count
    // The name of a chain or set, or two values of 64 bytes, and the attributes around them.
    default: 384
    }
  }
}
