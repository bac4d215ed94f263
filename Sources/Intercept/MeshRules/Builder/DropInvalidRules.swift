import NetworkValues
import RuleModel

/// Packets that belong to no connection: dropped before anything answers them with a reset.
extension RulesetBuilder {
  var dropInvalid: [Rule] {
    guard configuration.dropsInvalid else { return [] }
    return [
      Rule(
        [.conntrack(ConntrackMatch(state: .is(.invalid)))], traits.dropsInChain ? .jump(.istioDrop) : .drop,
        reason: "packets that belong to no connection are dropped")
    ]
  }

  /// ISTIO_DROP.
  var dropChain: [Rule] {
    guard configuration.dropsInvalid, traits.dropsInChain else { return [] }
    return [Rule([], .drop, reason: "the packet belongs to no connection")]
  }
}
