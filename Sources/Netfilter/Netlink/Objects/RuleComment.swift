import CNetfilter

/// A rule's comment as the `nft` command keeps it: the first triple of the rule's user data.
package struct RuleComment: Hashable, Sendable {
  package let text: String

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
      if UInt32(type) == NFTNL_UDATA_RULE_COMMENT.rawValue {
        text = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
        return
      }
      rest = rest.dropFirst(Int(length))
    }
    return nil
  }

  /// The user data of a rule that has this comment and nothing else.
  package var userdata: [UInt8] {
    let type = UInt8(truncatingIfNeeded: NFTNL_UDATA_RULE_COMMENT.rawValue)
    return [type, UInt8(text.utf8.count + 1)] + Array(text.utf8) + [0]
  }
}
