/// A rule that cannot be encoded for the kernel.
public struct RuleEncodingError: Error, Hashable, Sendable {
  /// The rule, as `iptables-save` prints it.
  public let rule: String
  /// The match or target that cannot be encoded.
  public let part: String
  /// The reason.
  public let reason: String
}

extension RuleEncodingError: CustomStringConvertible {
  public var description: String { "cannot write rule \"\(rule)\": \"\(part)\" \(reason)" }
}

/// A match or target that cannot be encoded. ``RuleEncodingError`` adds the rule.
package struct PartEncodingError: Error {
  package let part: String
  package let reason: String

  package init(_ part: String, _ reason: String) {
    self.part = part
    self.reason = reason
  }
}
