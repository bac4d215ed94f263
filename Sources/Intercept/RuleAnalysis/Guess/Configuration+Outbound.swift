import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads which outbound connections are captured off ISTIO_OUTPUT.
  mutating func readOutbound(_ live: LiveRules) {
    outboundPorts = live.outboundPorts
    excludedOutboundPorts = live.meanings(.nat, .istioOutput).with(.return).compactMap(\.onlyTCPPorts)
    loopbackCIDR = live.loopback ?? loopbackCIDR
    let destinations = live.outboundDestinations
    excludedOutboundCIDRs = destinations.flatMap(\.excluded)
    let told = destinations.filter(\.tellsIncluded)
    let included = destinations.flatMap(\.included)
    if live.sparesSelfCalls {
      let isEverywhere = !told.isEmpty && told.allSatisfy(\.areEverywhere)
      outboundCIDRs = isEverywhere ? .all : .only(included.map { WrittenCIDR($0) })
    } else {
      outboundCIDRs = .only(included.namingLoopback(or: destinations.loopbackElsewhere))
    }
  }
}

extension LiveRules {
  /// Ports captured whatever the destination: of the family that tells most, since in the native form nothing stands
  /// behind a rule that leaves every destination alone.
  fileprivate var outboundPorts: [PortRange] {
    families.map { $0.meanings(.nat, .istioOutput).with(.jump(.istioRedirect)).compactMap(\.onlyTCPPorts) }
      .max { $0.count < $1.count } ?? []
  }

  /// What the rules of each family say of destinations.
  fileprivate var outboundDestinations: [OutboundDestinations] {
    let ofMachines = families.map(\.capturedOfVirtualMachines)
    return zip(families, ofMachines).map { family, blocks in
      let own = family.family == .ipv4 ? loopback : CIDR(host: .localhost(.ipv6))
      var destinations = OutboundDestinations(family, loopback: own, isNative: isNative)
      guard isNative else { return destinations }
      if ofMachines.allSatisfy(\.isEmpty) { destinations.addHidden() } else { destinations.add(blocks) }
      return destinations
    }
  }

  /// Whether the app's calls to itself by the pod's own address are left alone; Istio does so unless a block of those
  /// to be captured is written with a loopback address.
  fileprivate var sparesSelfCalls: Bool {
    meanings(.nat, .istioOutput).with(.return).contains {
      $0.conditions.contains(.outInterface(.is(.loopback))) && !$0.fields.contains(.source)
    }
  }
}

extension Ruleset {
  /// The destinations that are captured of what comes in by the first of KubeVirt's interfaces.
  fileprivate var capturedOfVirtualMachines: [CIDR] {
    let captured = meanings(.nat, .prerouting).with(.jump(.istioRedirect))
    return captured.filter { $0.inInterface == captured.first?.inInterface }
      .compactMap { $0.withoutInInterface.onlyDestination(in: family) }
  }
}

extension [OutboundDestinations] {
  /// A loopback address that may have been named without a trace: of a family that is not at hand, else of one that does
  /// not tell what is captured, else one to which packets are left alone before they could be captured, so that the
  /// native form has no rule for it - of a family of which something is captured by its address, else ::1.
  fileprivate var loopbackElsewhere: IPAddress {
    let absent = IPFamily.allCases.first { family in !contains { $0.family == family } }
    if let family = absent ?? first(where: { !$0.tellsIncluded })?.family { return .localhost(family) }
    return lazy.filter(\.endsWithReturn).compactMap(\.sparedLoopback).first ?? .localhost(.ipv6)
  }
}

extension [CIDR] {
  /// The blocks written so that one of them names a loopback address: the first that holds one, or another block.
  fileprivate func namingLoopback(or other: IPAddress) -> [WrittenCIDR] {
    var written = map { WrittenCIDR($0) }
    guard !written.contains(where: \.address.isLoopback) else { return written }
    let own = IPFamily.allCases.map(IPAddress.localhost)
    for (index, block) in enumerated() {
      guard let address = own.first(where: block.contains) else { continue }
      written[index] = WrittenCIDR(address, prefixLength: block.prefixLength) ?? written[index]
      return written
    }
    return written + [WrittenCIDR(CIDR(host: other))]
  }
}
