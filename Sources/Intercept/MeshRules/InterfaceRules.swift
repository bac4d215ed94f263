import NetworkValues
import RuleModel

/// Excluded interfaces, and interfaces of virtual machines.
extension RulesetBuilder {
  /// Rules for `--istio-exclude-interfaces` in PREROUTING.
  var excludedInbound: [Rule] {
    configuration.excludedInterfaces.map {
      Rule([.inInterface(.is($0))], .return, reason: "interface \($0) is excluded from capture")
    }
  }

  /// Rules for `--istio-exclude-interfaces` in OUTPUT.
  var excludedOutbound: [Rule] {
    configuration.excludedInterfaces.map {
      Rule([.outInterface(.is($0))], .return, reason: "interface \($0) is excluded from capture")
    }
  }

  /// Rules for `--kube-virt-interfaces`. Each is inserted at the front, so that the last comes first.
  var virtualInterfaces: [Rule] {
    (configuration.virtualInterfaces.map(virtualInterfaceReturn) + virtualInterfaceCapture).reversed()
  }

  private func virtualInterfaceReturn(_ interface: InterfacePattern) -> Rule {
    Rule(
      [.inInterface(.is(interface))], .return,
      reason: "what a virtual machine sends by \(interface) is no inbound traffic of the pod",
      placement: .first)
  }

  private var virtualInterfaceCapture: [Rule] {
    let interfaces = configuration.virtualInterfaces
    switch configuration.outboundCIDRs {
    case .all:
      return interfaces.map { virtualInterfaceRedirect([.inInterface(.is($0))], $0) }
    case .only(let blocks):
      return ofFamily(blocks.map(\.block)).flatMap { block in
        interfaces.map { virtualInterfaceRedirect([.inInterface(.is($0)), .destination(.is(block))], $0) }
      }
    }
  }

  private func virtualInterfaceRedirect(_ matches: [Match], _ interface: InterfacePattern) -> Rule {
    Rule(
      matches, .jump(.istioRedirect),
      reason: "what a virtual machine sends by \(interface) is treated as outbound", placement: .first)
  }
}
