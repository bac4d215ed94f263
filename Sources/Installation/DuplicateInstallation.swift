import Intercept
import Netfilter

/// Istio rules in a kernel interface besides those of the other one.
public struct DuplicateInstallation: Hashable, Sendable {
  private let interface: RuleInterface
  /// The chains and tables; at least one.
  private let chains: [String]

  /// The chains and tables of Istio among rules of an interface; nil without any.
  init?(_ found: RemovalPlan, in interface: RuleInterface) {
    let chains = (found.rulesets + found.legacy).flatMap { ruleset in
      ruleset.tables.flatMap { table in
        table.chains.filter(\.name.isIstio).map { "\($0.name) in \(table.name.rawValue) (\(ruleset.family))" }
      }
    }
    self.interface = interface
    self.chains = chains + found.native.map { "table inet \($0.name)" }
    if self.chains.isEmpty { return nil }
  }

  /// The rules as the rest after a removal from the other interface.
  var remainder: String {
    "\(interface) still has rules of Istio: \(list); '\(interface.removal)' removes them"
  }

  private var list: String {
    let more = chains.count > 3 ? " and \(chains.count - 3) more" : ""
    return "\(chains.prefix(3).joined(separator: ", "))\(more)"
  }
}

extension DuplicateInstallation: CustomStringConvertible {
  public var description: String {
    "two sets of rules are active: \(interface) has \(list) as well; '\(interface.removal)' removes them"
  }
}
