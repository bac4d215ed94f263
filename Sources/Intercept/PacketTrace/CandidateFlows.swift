import NetworkValues
import NftablesRuleset
import RuleModel

/// Connections on which foreign rules may have an effect: to ports, addresses and by users that they name, and others.
struct CandidateFlows {
  private let family: IPFamily
  private let context: HostContext
  /// An address of a block for documentation (RFC 5737, RFC 3849).
  private let documented: UInt128
  private var ports: Set<UInt128> = [80, 443]
  private var destinations: Set<UInt128>
  private var sources: Set<UInt128> = []
  private var users: Set<UInt128> = [4242]

  /// Number of values of each kind that are tried.
  private static let limit = 32

  /// - Parameters:
  ///   - tables: foreign tables of nf_tables.
  ///   - others: rules of tables of iptables; those in Istio's chains do not count.
  init(
    _ family: IPFamily, in context: HostContext, naming tables: NftRuleset, _ others: [Ruleset]
  ) {
    (self.family, self.context) = (family, context)
    documented = family == .ipv4 ? 0xc000_0201 : 0x2001_0db8 << 96 | 1
    destinations = [documented]
    let matches = others.flatMap(\.tables).flatMap(\.chains).filter { !$0.name.isIstio }.flatMap(\.rules)
      .flatMap(\.matches)
    for (key, value) in tables.tables.flatMap(\.values) + matches.flatMap(\.values) { insert(value, of: key) }
  }

  private mutating func insert(_ value: UInt128, of key: NftKey) {
    switch key {
    case .destinationPort: Self.insert(value, into: &ports)
    case .destination(let other): if other == family { Self.insert(value, into: &destinations) }
    case .source(let other): if other == family { Self.insert(value, into: &sources) }
    case .user: Self.insert(value, into: &users)
    case .proto, .headerProtocol, .sourcePort, .tcpFlags, .family, .inInterface, .outInterface, .mark,
      .connectionMark, .state, .direction, .status, .group, .destinationType, .sourceType,
      .originalDestination, .originalDestinationPort, .opaque:
      break
    }
  }

  private static func insert(_ value: UInt128, into values: inout Set<UInt128>) {
    if values.count < limit { values.insert(value) }
  }

  var flows: [Flow] {
    let owners = users.sorted().compactMap(owner)
    let interfaces = context.interfaceAddresses.keys.filter { $0 != .loopback && $0 != context.podInterface }
      .prefix(Self.limit)
    let received = ports.sorted().flatMap { port -> [Flow] in
      let target = context.podAddress(family).map { Endpoint($0, number(port)) } ?? end(documented, port)
      return [Flow(.inbound, to: target)]
        + sources.sorted().map { Flow(.inbound, to: target, from: IPAddress(family, bits: $0)) }
        + interfaces.map { Flow(.inbound, to: target, interface: $0) }
    }
    return received
      + destinations.sorted().flatMap { bits in
        ports.sorted().flatMap { port -> [Flow] in
          let end = end(bits, port)
          return owners.map { Flow(.outbound, to: end, owner: $0) } + [Flow(.inbound, to: end)]
            + owners.prefix(1).map { Flow(.outbound, .udp, to: end, owner: $0) }
        }
      }
  }

  private func end(_ address: UInt128, _ port: UInt128) -> Endpoint {
    Endpoint(IPAddress(family, bits: address), number(port))
  }

  private func number(_ port: UInt128) -> Port { Port(rawValue: UInt16(truncatingIfNeeded: port)) }

  private func owner(_ user: UInt128) -> SocketOwner? {
    let number = UInt32(truncatingIfNeeded: user)
    return UserID(rawValue: number).flatMap { user in
      GroupID(rawValue: number).map { SocketOwner(user: user, group: $0) }
    }
  }
}

extension Match {
  /// The first numbers of the address, the ports or the user that the match compares.
  fileprivate var values: [(NftKey, UInt128)] {
    switch self {
    case .source(let block): [(.source(block.value.network.family), block.value.network.bits)]
    case .destination(let block): [(.destination(block.value.network.family), block.value.network.bits)]
    case .tcp(let tcp):
      tcp.destination.map { [(.destinationPort(.tcp), UInt128($0.value.lowerBound.rawValue))] } ?? []
    case .udp(let udp):
      udp.destination.map { [(.destinationPort(.udp), UInt128($0.value.lowerBound.rawValue))] } ?? []
    case .multiport(let multiport):
      multiport.ports.value.map { (.destinationPort(nil), UInt128($0.lowerBound.rawValue)) }
    case .owner(let owner): owner.user.map { [(.user, UInt128($0.value.lowerBound.rawValue))] } ?? []
    case .inInterface, .outInterface, .proto, .mark, .connmark, .conntrack, .state, .addressType, .comment,
      .opaque:
      []
    }
  }
}

extension NftTable {
  /// The first number of every range that a rule of the table compares a field with.
  fileprivate var values: [(NftKey, UInt128)] {
    let sets = Dictionary(sets.map { ($0.name, $0.elements) }) { first, _ in first }
    return chains.flatMap(\.rules).flatMap(\.parts).flatMap { part in
      part.compared { sets[$0] ?? nil }.flatMap { keys, elements in elements.values(of: keys) }
    }
  }
}

extension NftPart {
  /// The fields that the part compares, and the values.
  ///
  /// - Parameter set: the elements of a named set or map.
  fileprivate func compared(_ set: (String) -> NftElements?) -> [([NftKey], NftElements)] {
    switch self {
    case .match(let match):
      switch match.comparison {
      case .values(let elements, _): [(match.keys, elements)]
      case .set(let name, _): set(name).map { [(match.keys, $0)] } ?? []
      case .bits: []
      }
    case .iptables: []
    case .statement(.verdictMap(let keys, .elements(let elements), _)): [(keys, elements)]
    case .statement(.verdictMap(let keys, .set(let name), _)): set(name).map { [(keys, $0)] } ?? []
    case .statement: []
    }
  }
}

extension NftElements {
  fileprivate func values(of keys: [NftKey]) -> [(NftKey, UInt128)] {
    elements.flatMap { element in zip(keys, element.key).map { ($0, $1.lowerBound) } }
  }
}
