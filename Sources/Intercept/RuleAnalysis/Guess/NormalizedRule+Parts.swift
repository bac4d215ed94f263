import NetworkValues
import RuleModel

/// What options are read off: a rule that asks for one thing, and for which.
extension NormalizedRule {
  /// The fact, if the rule has no other.
  var onlyFact: RuleCondition? { conditions.count == 1 ? conditions.first : nil }

  /// The destination, if the rule asks for nothing but that.
  var onlyDestination: CIDR? {
    if case .destination(.is(let block)) = onlyFact { block } else { nil }
  }

  /// The same of a rule of a family, where a rule that asks for nothing is about every address.
  func onlyDestination(in family: IPFamily) -> CIDR? {
    conditions.isEmpty ? CIDR(IPAddress(family, bits: 0), prefixLength: 0) : onlyDestination
  }

  /// The interface packets come in by, if the rule asks for nothing but that; any, if it asks for nothing.
  var onlyInInterface: InterfacePattern? {
    guard !conditions.isEmpty else { return .everything }
    return if case .inInterface(.is(let name)) = onlyFact { name } else { nil }
  }

  /// The interface packets come in by, whatever else is asked; any, if none is named.
  var inInterface: InterfacePattern {
    conditions.lazy.compactMap { fact in
      if case .inInterface(.is(let name)) = fact { name } else { nil }
    }.first ?? .everything
  }

  /// The same rule about packets that come in by any interface.
  var withoutInInterface: NormalizedRule {
    NormalizedRule(conditions: conditions.filter { $0.field != .inInterface }, target: target)
  }

  /// The interface packets leave by, if the rule asks for nothing but that; any, if it asks for nothing.
  var onlyOutInterface: InterfacePattern? {
    guard !conditions.isEmpty else { return .everything }
    return if case .outInterface(.is(let name)) = onlyFact { name } else { nil }
  }

  /// The destination ports, if the rule is about TCP to them and asks for nothing else.
  var onlyTCPPorts: PortRange? {
    guard fields == [.proto, .destinationPort], conditions.contains(.proto(.is(.tcp))) else { return nil }
    return conditions.lazy.compactMap { fact in
      if case .destinationPort(.is(let ports)) = fact { ports.single.map { PortRange($0) } } else { nil }
    }.first
  }

  /// The port of a REDIRECT.
  var redirectPort: Port? {
    if case .redirect(let target) = target { target.ports?.single } else { nil }
  }
}
