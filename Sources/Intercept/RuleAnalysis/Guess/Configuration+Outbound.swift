import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads the captured outbound connections from ISTIO_OUTPUT.
  mutating func readOutbound(_ live: InstalledRules) {
    outboundPorts = live.outboundPorts
    excludedOutboundPorts = live.normalizedRules(.nat, .istioOutput).with(.return).compactMap(\.onlyTCPPorts)
    loopbackCIDR = live.loopback ?? loopbackCIDR
    let destinations = live.outboundDestinations
    excludedOutboundCIDRs = destinations.flatMap(\.excluded)
    let visible = destinations.filter(\.showsEveryIncluded)
    let included = destinations.flatMap(\.included)
    if live.excludesSelfCalls {
      let capturesAll = !visible.isEmpty && visible.allSatisfy(\.includesEverything)
      outboundCIDRs = capturesAll ? .all : .only(included.map { WrittenCIDR($0) })
    } else {
      outboundCIDRs = .only(included.addingLoopback(or: destinations.hiddenLoopback))
    }
  }
}

extension InstalledRules {
  /// Ports captured for every destination. The family with the most rules is taken: in nftables form, no
  /// rule follows one that excludes every destination.
  fileprivate var outboundPorts: [PortRange] {
    families.map {
      $0.normalizedRules(.nat, .istioOutput).with(.jump(.istioRedirect)).compactMap(\.onlyTCPPorts)
    }
    .max { $0.count < $1.count } ?? []
  }

  /// Destinations in the rules of each family.
  fileprivate var outboundDestinations: [OutboundDestinations] {
    let fromMachines = families.map(\.capturedFromVirtualMachines)
    return zip(families, fromMachines).map { family, blocks in
      let own = family.family == .ipv4 ? loopback : CIDR(host: .localhost(.ipv6))
      var destinations = OutboundDestinations(family, loopback: own, isNative: isNative)
      guard isNative else { return destinations }
      if fromMachines.allSatisfy(\.isEmpty) { destinations.addHidden() } else { destinations.add(blocks) }
      return destinations
    }
  }

  /// True if calls of the app to itself by the pod's own address are not captured: Istio's default, unless
  /// an included block is written with a loopback address.
  fileprivate var excludesSelfCalls: Bool {
    normalizedRules(.nat, .istioOutput).with(.return).contains {
      $0.conditions.contains(.outInterface(.is(.loopback))) && !$0.fields.contains(.source)
    }
  }
}

extension Ruleset {
  /// Destinations captured for packets from the first of KubeVirt's interfaces.
  fileprivate var capturedFromVirtualMachines: [CIDR] {
    let captured = normalizedRules(.nat, .prerouting).with(.jump(.istioRedirect))
    return captured.filter { $0.inInterface == captured.first?.inInterface }
      .compactMap { $0.withoutInInterface.onlyDestination(in: family) }
  }
}

extension [OutboundDestinations] {
  /// A loopback address the user may have listed although no rule shows it. Candidates, in order: a family
  /// that was not read; one whose captured blocks are hidden; one whose loopback exclusion shadows the rule
  /// in nftables form. Falls back to `::1`.
  fileprivate var hiddenLoopback: IPAddress {
    let absent = IPFamily.allCases.first { family in !contains { $0.family == family } }
    if let family = absent ?? first(where: { !$0.showsEveryIncluded })?.family { return .localhost(family) }
    return lazy.filter(\.endsWithReturn).compactMap(\.excludedLoopback).first ?? .localhost(.ipv6)
  }
}

extension [CIDR] {
  /// The blocks, one of them written with a loopback address: the first that contains one, else an
  /// additional block.
  fileprivate func addingLoopback(or other: IPAddress) -> [WrittenCIDR] {
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
