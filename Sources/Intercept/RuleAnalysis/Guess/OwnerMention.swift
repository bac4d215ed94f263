import NetworkValues
import RuleModel

/// Whom a rule of ISTIO_OUTPUT is about, and how.
struct OwnerMention<ID: OwnerID> {
  /// In the order in which rules about the same owner follow each other.
  enum Kind: Int {
    /// The app called itself by a service address, and the proxy goes in by its inbound listener.
    case selfCall
    /// The app calls itself by the pod's own address.
    case stranger
    /// The owner is left alone.
    case own
  }

  let kind: Kind
  let owners: ClosedRange<ID>
  let reason: String?

  /// - Returns: nil for a rule that is about no such owner.
  init?(_ rule: Rule, _ owners: (RuleCondition) -> Condition<ClosedRange<ID>>?) {
    let conditions = rule.conditions
    guard let owner = conditions.lazy.compactMap(owners).first else { return nil }
    switch (rule.target, owner) {
    case (.jump(.istioInRedirect), .is): kind = .selfCall
    case (.return, .not) where PacketFieldSet(conditions).contains(.outInterface): kind = .stranger
    case (.return, .is): kind = .own
    default: return nil
    }
    self.owners = owner.value
    reason = rule.reason
  }
}

extension ClosedRange where Bound: OwnerID {
  /// The owners one by one; none of a range that is too long for anybody to have listed them in an option.
  var members: [Bound] {
    guard upperBound.rawValue - lowerBound.rawValue < 4096 else { return [] }
    return (lowerBound.rawValue...upperBound.rawValue).compactMap { Bound(rawValue: $0) }
  }
}
