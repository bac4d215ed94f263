import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads DNS capture from the rules on DNS queries, in the chains of any release.
  mutating func readDNS(_ live: InstalledRules) {
    let destinations = live.families.flatMap(\.dnsDestinations)
    if destinations.contains(nil) {
      dns = .all
    } else if !destinations.isEmpty {
      dns = .servers(destinations.compactMap { $0 })
    } else if !live.dnsZones.isEmpty {
      dns = .servers(live.hiddenServers)
    }
  }
}

extension Ruleset {
  /// Destinations of the captured DNS queries; nil for any. Three lists should be equal; the longest is
  /// taken, because a rule may be missing, and the nftables form omits rules that no packet reaches.
  fileprivate var dnsDestinations: [IPAddress?] {
    let redirects = ChainName.dnsQueries.flatMap { normalizedRules(.nat, $0) }
      .filter { $0.redirectPort == .dnsProxy }
    let zones = ChainName.dnsQueries.flatMap { normalizedRules(.raw, $0) }.with(.zone(.applicationDNS))
    let lists = [
      redirects.selectingQueries(.tcp), redirects.selectingQueries(.udp), zones.selectingQueries(.udp),
    ]
    return lists.map { $0.flatMap(\.destinations) }.max { $0.count < $1.count } ?? []
  }
}

extension [NormalizedRule] {
  /// The rules that match DNS queries over a protocol.
  fileprivate func selectingQueries(_ proto: IPProtocol) -> [NormalizedRule] {
    filter {
      $0.conditions.isSuperset(of: [
        .proto(.is(proto)), .destinationPort(.is(RangeSet(ports: PortRange(.dns)))),
      ])
    }
  }
}

extension NormalizedRule {
  /// The addresses that the rule matches; nil alone if it has no destination.
  fileprivate var destinations: [IPAddress?] {
    if !fields.contains(.destination) {
      return fields.subtracting([.proto, .destinationPort]).isEmpty ? [nil] : []
    }
    return conditions.flatMap { condition in
      if case .destination(.is(let block)) = condition { block.addresses } else { [IPAddress]() }
    }
  }
}

extension CIDR {
  /// All addresses of the block; empty if it has more than an option would list.
  fileprivate var addresses: [IPAddress] {
    let free = family.addressBits - prefixLength
    guard free <= 12 else { return [] }
    return (0..<UInt128(1) << UInt128(free)).map { IPAddress(family, bits: network.bits + $0) }
  }
}

extension ChainName {
  /// The chains with rules on DNS queries in any release.
  static let dnsQueries: [ChainName] = [.output, .istioOutput, .istioOutputDNS]
}

extension InstalledRules {
  /// Stand-ins for captured servers that no rule names. Up to 1.24 none is needed. Later releases need a
  /// server of a family that was not read; any address of it builds the same rules, such as one reserved for
  /// documentation.
  fileprivate var hiddenServers: [IPAddress] {
    guard !normalizedRules(.raw, .istioOutputDNS).isEmpty else { return [] }
    return IPFamily.allCases.filter { family in !families.contains { $0.family == family } }.map { family in
      switch family {
      case .ipv4: .ipv4(IPv4Address(192, 0, 2, 53))
      case .ipv6: .ipv6(IPv6Address(bits: 0x2001_0db8 << 96 | 0x53))
      }
    }
  }
}
