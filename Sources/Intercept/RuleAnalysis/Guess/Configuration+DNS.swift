import MeshRules
import NetworkValues
import RuleModel

extension Configuration {
  /// Reads which DNS questions are captured off the rules about them, wherever a release has them.
  mutating func readDNS(_ live: LiveRules) {
    let destinations = live.families.flatMap(\.dnsDestinations)
    if destinations.contains(nil) {
      dns = .all
    } else if !destinations.isEmpty {
      dns = .servers(destinations.compactMap { $0 })
    } else if !live.dnsZones.isEmpty {
      dns = .servers(live.serversElsewhere)
    }
  }
}

extension Ruleset {
  /// Where the app's questions go that are captured, nil being anywhere: the longest list of the three that should be
  /// the same, since a rule may be missing, and the native form leaves out what no packet comes to.
  fileprivate var dnsDestinations: [IPAddress?] {
    let redirects = ChainName.dnsQuestions.flatMap { meanings(.nat, $0) }
      .filter { $0.redirectPort == .dnsProxy }
    let zones = ChainName.dnsQuestions.flatMap { meanings(.raw, $0) }.with(.zone(.applicationDNS))
    let lists = [redirects.asking(.tcp), redirects.asking(.udp), zones.asking(.udp)]
    return lists.map { $0.flatMap(\.destinations) }.max { $0.count < $1.count } ?? []
  }
}

extension [NormalizedRule] {
  /// Those that are about DNS questions over a protocol.
  fileprivate func asking(_ proto: IPProtocol) -> [NormalizedRule] {
    filter {
      $0.conditions.isSuperset(of: [
        .proto(.is(proto)), .destinationPort(.is(RangeSet(ports: PortRange(.dns)))),
      ])
    }
  }
}

extension NormalizedRule {
  /// The addresses of which packets must go to one; nil alone where none is named.
  fileprivate var destinations: [IPAddress?] {
    if !fields.contains(.destination) {
      return fields.subtracting([.proto, .destinationPort]).isEmpty ? [nil] : []
    }
    return conditions.flatMap { fact in
      if case .destination(.is(let block)) = fact { block.addresses } else { [IPAddress]() }
    }
  }
}

extension CIDR {
  /// The addresses one by one; none of a block that is too large for anybody to have listed them in an option.
  fileprivate var addresses: [IPAddress] {
    let free = family.addressBits - prefixLength
    guard free <= 12 else { return [] }
    return (0..<UInt128(1) << UInt128(free)).map { IPAddress(family, bits: network.bits + $0) }
  }
}

extension ChainName {
  /// The chains in which one release or another has the rules about DNS questions.
  static let dnsQuestions: [ChainName] = [.output, .istioOutput, .istioOutputDNS]
}

extension LiveRules {
  /// The servers whose questions are captured where no rule here names one. Up to 1.24 there may be none; later there
  /// must be one of a family whose rules are not at hand, and any address of it, such as one kept for documentation,
  /// gives the rules that are.
  fileprivate var serversElsewhere: [IPAddress] {
    guard !meanings(.raw, .istioOutputDNS).isEmpty else { return [] }
    return IPFamily.allCases.filter { family in !families.contains { $0.family == family } }.map { family in
      switch family {
      case .ipv4: .ipv4(IPv4Address(192, 0, 2, 53))
      case .ipv6: .ipv6(IPv6Address(bits: 0x2001_0db8 << 96 | 0x53))
      }
    }
  }
}
