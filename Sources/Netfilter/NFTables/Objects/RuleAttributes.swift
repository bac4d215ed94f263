import CNetfilter
package import Netlink

/// The protocol of an iptables rule, which xt extensions such as multiport and TPROXY check when the rule is
/// added (NFTA_RULE_COMPAT).
package struct RuleCompatibility: Hashable, Sendable {
  /// IPPROTO_*; 0 for any protocol.
  package var `protocol`: UInt32
  /// The rule matches every protocol except the named one (NFT_RULE_COMPAT_F_INV).
  package var isInverted: Bool

  package init(protocol: UInt32, isInverted: Bool = false) {
    self.protocol = `protocol`
    self.isInverted = isInverted
  }
}

extension RuleCompatibility {
  /// The protocol that a rule's expressions compare, for adding a dumped rule again.
  package init(impliedBy expressions: [Expression]) {
    self.init(protocol: 0)
    for (load, compare) in zip(expressions, expressions.dropFirst()) {
      guard case .meta(.load(.transportProtocol, let register)) = load,
        case .compare(let compare) = compare, compare.register == register, let number = compare.value.first
      else { continue }
      self.protocol = UInt32(number)
      isInverted = compare.operation == .notEqual
      return
    }
  }
}

/// A rule's comment in the encoding of the `nft` command: a triple of the rule's user data.
package struct RuleComment: Hashable, Sendable {
  package let text: String

  /// libnftnl's NFTNL_UDATA_RULE_COMMENT.
  private static var type: UInt8 { 0 }

  /// - Throws: ``NetlinkFailure/inexpressible(_:)`` above 128 bytes, `nft`'s limit, or with a NUL in it.
  package init(_ text: String) throws(NetlinkFailure) {
    guard text.utf8.count <= 128, !text.utf8.contains(0) else {
      throw .inexpressible("the comment \"\(text)\" is longer than 128 bytes or holds a NUL")
    }
    self.text = text
  }

  /// The comment in a rule's user data, if there is one.
  package init?(userdata: [UInt8]) {
    var rest = userdata[...]
    while let type = rest.popFirst(), let length = rest.popFirst(), rest.count >= Int(length) {
      let value = rest.prefix(Int(length))
      if type == Self.type {
        text = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
        return
      }
      rest = rest.dropFirst(Int(length))
    }
    return nil
  }

  /// User data that contains only this comment.
  package var userdata: [UInt8] {
    [Self.type, UInt8(text.utf8.count + 1)] + Array(text.utf8) + [0]
  }
}
