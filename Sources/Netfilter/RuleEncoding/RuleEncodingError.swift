/// Why a rule cannot be written for the kernel.
public struct RuleEncodingError: Error, Hashable, Sendable {
  /// The rule, as `iptables-save` prints it.
  public let rule: String
  /// The match or target that is the trouble.
  public let part: String
  /// What the trouble is.
  public let reason: String
}

extension RuleEncodingError: CustomStringConvertible {
  public var description: String { "cannot write rule \"\(rule)\": \"\(part)\" \(reason)" }
}

/// The same, without the rule, which a match or target does not know.
struct PartEncodingError: Error {
  let part: String
  let reason: String

  init(_ part: String, _ reason: String) {
    self.part = part
    self.reason = reason
  }
}
