public import Netfilter

/// Reason why an installation could not be changed or read.
public enum InstallationError: Error, Hashable, Sendable {
  /// The network namespace could not be entered.
  case namespace(NamespaceError)
  /// nf_tables could not be changed or read.
  case nfTables(ApplyError)
  /// A program of iptables-legacy failed.
  case legacy(LegacyError)
  /// The routes, policy rules and addresses that belong to the rules could not be changed or read.
  case routing(Refusal)
  /// The routing that the rules need is not in effect, although it was added; nothing was changed.
  case routingDiffers(RoutingDiff)
  /// The rules are changed, but the routing that they no longer need could not be removed.
  case routingLeft(Refusal)
  /// Everything was removed except these empty chains.
  case held([HeldChain])
  /// Rules were still there after the attempt to remove them.
  case notRemoved(RemovalPlan)
  /// The rules are installed and right in the other form, the native one if true; nothing was changed.
  case inOtherForm(isNative: Bool)
  /// Other Istio rules are in the interface that the options do not select; nothing was changed. The last differences
  /// are those of the selected interface, nil if that has no rules of Istio.
  case differsElsewhere(RuleInterface, InterceptionDiff, selected: InterceptionDiff?)
  /// The rules are right in the interface that the options do not select, and are to be written again; nothing was
  /// changed.
  case rightElsewhere(RuleInterface)
  /// The rules are installed, but those of the other interface could not be removed: the reason.
  case otherLeft(RuleInterface, String)
  /// The option, which iptables-legacy has no counterpart for.
  case unsupported(String)
}

extension InstallationError {
  /// True if the rules are certainly the same as before.
  public var changedNothing: Bool {
    switch self {
    case .namespace, .unsupported, .inOtherForm, .routing, .routingDiffers, .differsElsewhere,
      .rightElsewhere:
      true
    case .nfTables(let error): error.changedNothing
    case .legacy(let error): error.changedNothing
    case .routingLeft, .held, .notRemoved, .otherLeft: false
    }
  }
}

extension InstallationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .namespace(let error): error.description
    case .nfTables(let error): error.description
    case .legacy(let error): error.description
    case .routing(let refusal): refusal.description
    case .routingDiffers(let diff):
      "the routing that the rules need is not in effect, nothing was changed:\n\(diff.text())"
        + "Remove what is in the way, or choose another table with --istio-inbound-tproxy-route-table"
    case .routingLeft(let refusal):
      "the rules are changed, but routing that they no longer need is left, run it again: \(refusal)"
    case .held(let chains):
      "removed all rules of Istio, but \(chains.map(\.description).joined(separator: "; ")). Delete that, and run it again"
    case .inOtherForm(let isNative):
      "Istio rules are already installed and right, in the \(isNative ? "native form" : "form of iptables"); "
        + "--reconcile replaces them"
    case .differsElsewhere(let interface, let diff, nil):
      "other Istio rules are already installed, in \(interface); --reconcile replaces them by rules in "
        + "\(interface.other). Differences:\n\(diff)"
    case .differsElsewhere(let interface, let diff, let selected?):
      "Istio rules are already installed in \(interface.other) and in \(interface); --reconcile replaces both by rules in "
        + "\(interface.other). Differences in \(interface.other):\n\(selected.isInstalled ? "  none" : "\(selected)")\n"
        + "Differences in \(interface):\n\(diff)"
    case .rightElsewhere(let interface):
      "Istio rules are already installed and right, in \(interface); --reconcile moves them to \(interface.other)"
    case .otherLeft(let interface, let reason):
      "the rules are installed, but those in \(interface) are still active as well, run it again: \(reason)"
    case .notRemoved(let rest): "still installed after removal, try again: \(rest)"
    case .unsupported(let option):
      "\(option): iptables-legacy cannot test a change without making it; leave out --force-iptables-binary"
    }
  }
}

extension NetworkNamespace {
  /// Runs a body on a thread inside the namespace.
  func inside<Success>(
    _ body: () throws(InstallationError) -> Success
  ) throws(InstallationError) -> Success {
    try run(InstallationError.namespace, body)
  }
}
