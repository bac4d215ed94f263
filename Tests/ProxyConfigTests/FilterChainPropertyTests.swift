import Intercept
import TestSupport
import Testing

/// Random listeners and connections: an evaluator of its own, made like Envoy's nested maps, agrees.
///
/// SOAK_ROUNDS sets the number of listeners; each gets 100 connections.
@Suite struct FilterChainPropertyTests {
  @Test func bothEvaluatorsAgree() {
    let first = Soak.firstSeed(21)
    var flows = 0
    for round in 0..<Soak.rounds(10) {
      var random = SeededGenerator(seed: first &+ UInt64(round))
      let listener = random.listener()
      let proxy = EnvoyConfiguration(listeners: [listener])
      for _ in 0..<100 {
        let connection = random.connection()
        let expected = ReferenceChains(listener, connection).names
        let found = proxy.route(connection).word
        #expect(expected.contains(found), "seed \(first &+ UInt64(round)): \(listener) \(connection)")
        flows += 1
      }
    }
    Soak.report(flows, "simulated connections", of: "random filter chains")
  }
}

/// The chains that Envoy may select: one, unless several have the same match.
private struct ReferenceChains {
  private var port: UInt16
  private var address: UInt32
  private var serverName = ""
  private var transport = "raw_buffer"
  private var protocols: [String] = []
  private let source: UInt32
  private let sourcePort: UInt16
  private let chains: [EnvoyFilterChain]
  private let hasDefault: Bool

  init(_ listener: EnvoyListener, _ connection: EnvoyConnection) {
    (port, address) = (15006, Self.bits(connection.original.address))
    source = connection.source.map(Self.bits) ?? 0
    sourcePort = connection.sourcePort?.rawValue ?? 0
    (chains, hasDefault) = (listener.filterChains, listener.defaultFilterChain != nil)
    let bytes = connection.firstBytes ?? EnvoyFirstBytes()
    for filter in listener.listenerFilters {
      if case .ports(let range) = filter.disabled, range.lowerBound <= port, port < range.upperBound {
        continue
      }
      if filter.disabled == .any { continue }
      switch filter.kind {
      case .originalDestination: port = connection.original.port.rawValue
      case .tlsInspector where bytes.isTLS:
        (transport, serverName) = ("tls", bytes.serverName ?? "")
        protocols = bytes.applicationProtocols
      case .httpInspector where !bytes.isTLS && transport == "raw_buffer":
        protocols = bytes.applicationProtocols
      case .tlsInspector, .httpInspector, .proxyProtocol, .other: break
      }
    }
  }

  private static func isEqual(_ one: UInt32, _ other: UInt32, _ length: Int) -> Bool {
    one >> (32 - length) == other >> (32 - length)
  }

  private static func bits(_ address: IPAddress) -> UInt32 { UInt32(truncatingIfNeeded: address.bits) }

  var names: Set<String> {
    var rest = chains
    rest = keep(rest, keys: [port.description, ""]) {
      $0.match.destinationPort.map { [$0.description] } ?? [""]
    }
    rest = keepBlock(rest, address, \.match.prefixRanges)
    let labels = serverName.split(separator: ".", omittingEmptySubsequences: false)
    let wildcards = labels.indices.dropFirst().map { "*." + labels[$0...].joined(separator: ".") }
    rest = keep(rest, keys: (serverName.isEmpty ? [] : [serverName] + wildcards) + [""]) {
      $0.match.serverNames.isEmpty ? [""] : $0.match.serverNames
    }
    rest = keep(rest, keys: [transport, ""]) { [$0.match.transportProtocol ?? ""] }
    rest = keep(rest, keys: protocols + [""]) {
      $0.match.applicationProtocols.isEmpty ? [""] : $0.match.applicationProtocols
    }
    rest = keepBlock(rest, source, \.match.directSourcePrefixRanges)
    let isLocal = source >> 24 == 127 || source == address
    rest = keep(rest, keys: [isLocal ? "local" : "external", ""]) { chain in
      chain.match.sourceType.map { [$0 == .sameHost ? "local" : "external"] } ?? [""]
    }
    rest = keepBlock(rest, source, \.match.sourcePrefixRanges)
    rest = keep(rest, keys: [sourcePort.description, ""]) {
      $0.match.sourcePorts.isEmpty ? [""] : $0.match.sourcePorts.map(\.description)
    }
    let found = rest.compactMap { chain -> String? in
      if case .cluster(let name) = chain.destination { name } else { nil }
    }
    return found.isEmpty ? [hasDefault ? "default" : "closed"] : Set(found)
  }

  /// The chains under the first key that has any.
  private func keep(_ chains: [EnvoyFilterChain], keys: [String], _ read: (EnvoyFilterChain) -> [String])
    -> [EnvoyFilterChain]
  {
    for key in keys {
      let found = chains.filter { read($0).contains(key) }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The chains of the longest block that has any.
  private func keepBlock(
    _ chains: [EnvoyFilterChain], _ address: UInt32, _ read: (EnvoyFilterChain) -> [CIDR]
  ) -> [EnvoyFilterChain] {
    for length in stride(from: 32, through: 1, by: -1) {
      let found = chains.filter { chain in
        read(chain).contains { (block: CIDR) in
          block.prefixLength == length && Self.isEqual(Self.bits(block.network), address, length)
        }
      }
      if !found.isEmpty { return found }
    }
    return chains.filter { read($0).isEmpty }
  }
}

extension SeededGenerator {
  private static let names = ["a.b", "c.a.b", "d.c.a.b", "x.y"]
  private static let addresses = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1", "127.0.0.1"]
  private static let protocols = ["h2", "http/1.1", "istio"]

  fileprivate mutating func listener() -> EnvoyListener {
    let count = Int.random(in: 1...8, using: &self)
    let chains = (0..<count).map { EnvoyFilterChain(match: match(), to: .cluster("\($0)")) }
    let kinds: [EnvoyListenerFilter.Kind] = [
      .originalDestination, .tlsInspector, .httpInspector, .other("x"),
    ]
    let filters = subset(of: kinds).map { kind in
      EnvoyListenerFilter(
        kind, disabled: onceIn(5) ? pick(.any, .ports(80..<82), .ports(15006..<15007)) : nil)
    }
    return EnvoyListener(
      name: "l", addresses: [endpoint("0.0.0.0:15006")], listenerFilters: filters, filterChains: chains,
      defaultFilterChain: onceIn(2) ? EnvoyFilterChain(to: .cluster("default")) : nil)
  }

  private mutating func match() -> EnvoyFilterChainMatch {
    var match = EnvoyFilterChainMatch()
    if onceIn(3) { match.destinationPort = Port(rawValue: pick(80, 81, 15006)) }
    if onceIn(3) { match.prefixRanges = blocks() }
    if onceIn(3) { match.serverNames = list(upTo: 2) { $0.pick("a.b", "*.a.b", "*.b", "c.a.b", "x.y") } }
    if onceIn(3) { match.transportProtocol = pick("tls", "raw_buffer") }
    if onceIn(3) { match.applicationProtocols = list(upTo: 2) { $0.pick(Self.protocols) } }
    if onceIn(8) { match.directSourcePrefixRanges = blocks() }
    if onceIn(6) { match.sourceType = pick(.sameHost, .external) }
    if onceIn(6) { match.sourcePrefixRanges = blocks() }
    if onceIn(6) { match.sourcePorts = [Port(rawValue: pick(1000, 1001))] }
    return match
  }

  private mutating func blocks() -> [CIDR] {
    list(upTo: 2) { random in
      CIDR("\(random.pick(Self.addresses))/\(random.pick(8, 16, 24, 32))")
    }
  }

  fileprivate mutating func connection() -> EnvoyConnection {
    let bytes: EnvoyFirstBytes =
      onceIn(2)
      ? EnvoyFirstBytes(
        isTLS: true, serverName: onceIn(3) ? nil : pick(Self.names),
        applicationProtocols: list(upTo: 3) { $0.pick(Self.protocols) })
      : EnvoyFirstBytes(applicationProtocols: onceIn(2) ? [] : ["http/1.1"])
    return EnvoyConnection(
      port: 15006, original: endpoint("\(pick(Self.addresses)):\(pick(80, 81, 443))"),
      source: IPAddress(pick(Self.addresses)), sourcePort: Port(rawValue: pick(1000, 1001, 1002)),
      firstBytes: onceIn(8) ? nil : bytes)
  }
}
