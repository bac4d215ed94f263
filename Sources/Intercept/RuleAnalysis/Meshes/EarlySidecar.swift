import NetworkValues
import RuleModel

/// Releases of Istio before 1.14 whose sidecar rules have a form of their own.
enum EarlySidecar: String {
  /// A self-call goes to ISTIO_REDIRECT, whoever makes it.
  case from1_0 = "1.0-1.2"
  /// A self-call goes to ISTIO_IN_REDIRECT, whoever makes it; 127.0.0.6 is known.
  case from1_3 = "1.3-1.4"
  /// Self-calls of the proxy's owner alone; port 22 is never captured, and there is no tunnel port.
  case from1_5 = "1.5-1.6"
  /// The same with the tunnel port 15008 before port 22. Newer releases build equal rules if port 22 is excluded.
  case from1_7 = "1.7-1.12"

  /// Nil if the rules have none of these forms.
  init?(_ families: [Ruleset]) {
    let rules = families.map { $0.normalizedRules(.nat, .istioOutput) }.first { !$0.isEmpty } ?? []
    let inbound = families.lazy.map(\.inboundExclusions).first { !$0.isEmpty } ?? []
    if rules.contains(where: { $0.isSelfCallOfAnyOwner(to: .istioRedirect) }) {
      self = .from1_0
    } else if rules.contains(where: { $0.isSelfCallOfAnyOwner(to: .istioInRedirect) }) {
      self = .from1_3
    } else if inbound.first == .ssh {
      self = .from1_5
    } else if inbound.dropFirst().first == .ssh, inbound.first == PortRange(15008) {
      self = .from1_7
    } else {
      return nil
    }
  }

  /// True if options of a newer release can build the rules.
  var isBuildable: Bool { self == .from1_7 }
}

extension PortRange {
  /// The port of SSH, which Istio up to 1.12 never captures inbound.
  fileprivate static let ssh = PortRange(22)
}

extension Ruleset {
  /// The ports that ISTIO_INBOUND returns first, in order.
  fileprivate var inboundExclusions: [PortRange] {
    let tables = [TableName.nat, .mangle]
    let rules = tables.map { normalizedRules($0, .istioInbound) }.first { !$0.isEmpty } ?? []
    return rules.filter { $0.target == .return }.compactMap(\.onlyTCPPorts)
  }
}

extension NormalizedRule {
  /// True for `! -d 127.0.0.1/32 -o lo -j CHAIN`.
  fileprivate func isSelfCallOfAnyOwner(to chain: ChainName) -> Bool {
    target == .jump(chain) && conditions.count == 2
      && conditions.contains {
        if case .outInterface(.is(let name)) = $0 { name.text == "lo" } else { false }
      }
      && conditions.contains {
        if case .destination(.not(let block)) = $0 { block.network.isLoopback } else { false }
      }
  }
}
