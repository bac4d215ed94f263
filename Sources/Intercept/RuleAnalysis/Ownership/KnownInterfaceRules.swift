import RuleModel

/// Interfaces that are left alone (`--istio-exclude-interfaces`) and KubeVirt's (`--kube-virt-interfaces`):
/// one named interface, for KubeVirt also a destination, and back to the policy.
enum KnownInterfaceRules {
  static func include(_ meaning: NormalizedRule, at position: Position) -> Bool {
    guard meaning.target == .return, [.nat, .mangle].contains(position.table),
      meaning.conditions.allSatisfy({ !$0.isNegated })
    else { return false }
    return switch position.hook {
    case .prerouting:
      meaning.fields == [.inInterface]
        || position.table == .nat && meaning.fields == [.inInterface, .destination]
    case .output: meaning.fields == [.outInterface]
    case .input, .forward, .postrouting: false
    }
  }
}
