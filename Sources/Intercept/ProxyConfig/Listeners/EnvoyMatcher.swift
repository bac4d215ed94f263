public import NetworkValues
import PacketTrace

/// A matching tree (`filter_chain_matcher`) whose actions are names of filter chains.
///
/// The corresponding message is `xds.type.matcher.v3.Matcher`.
public indirect enum EnvoyMatcher: Hashable, Sendable {
  /// The first entry whose predicate matches (`matcher_list`).
  case list([Entry], otherwise: OnMatch?)
  /// The entry of exactly the input's value (`exact_match_map`).
  case exact(Input, [String: OnMatch], otherwise: OnMatch?)
  /// The entry of the longest prefix of the input's value (`prefix_match_map`).
  case prefix(Input, [String: OnMatch], otherwise: OnMatch?)
  /// The entry of the most specific block (`IPMatcher`).
  case blocks(Input, [Blocks], otherwise: OnMatch?)
  /// A matcher that is not modelled.
  case unknown(String)

  /// An entry of a list.
  public struct Entry: Hashable, Sendable {
    public let predicate: Predicate
    public let onMatch: OnMatch

    public init(_ predicate: Predicate, _ onMatch: OnMatch) {
      self.predicate = predicate
      self.onMatch = onMatch
    }
  }

  /// Blocks of addresses with one result.
  public struct Blocks: Hashable, Sendable {
    public let blocks: [CIDR]
    public let onMatch: OnMatch
    /// True if less specific blocks are not tried after it.
    public let isExclusive: Bool

    public init(_ blocks: [CIDR], _ onMatch: OnMatch, isExclusive: Bool = false) {
      self.blocks = blocks
      self.onMatch = onMatch
      self.isExclusive = isExclusive
    }
  }

  public enum OnMatch: Hashable, Sendable {
    /// Name of a filter chain.
    case action(String)
    case matcher(EnvoyMatcher)
  }

  /// A condition of a list's entry.
  public indirect enum Predicate: Hashable, Sendable {
    case value(Input, EnvoyStringMatch)
    case not(Predicate)
    case allOf([Predicate])
    case anyOf([Predicate])
    /// A condition that is not modelled.
    case unknown(String)
  }

  /// A property of the connection, by the name of Envoy's input.
  public enum Input: Hashable, Sendable {
    case destinationAddress, destinationPort, sourceAddress, sourcePort, directSourceAddress
    case sourceType, serverName, transportProtocol, applicationProtocols
    case other(String)
  }
}

extension EnvoyMatcher {
  enum Result: Hashable {
    case action(String)
    case noMatch
    /// Depends on a value that is not given or not modelled.
    case unknown(String)
  }

  /// Evaluates the tree. A nested tree without a match counts as no match of its entry.
  func evaluate(_ inspected: InspectedConnection) -> Result {
    switch self {
    case .list(let entries, let otherwise):
      Self.first(entries, inspected) ?? Self.result(otherwise, inspected)
    case .exact(let input, let map, let otherwise):
      Self.first(of: input, inspected) { value in [map[value]].compactMap(\.self) }
        ?? Self.result(otherwise, inspected)
    case .prefix(let input, let map, let otherwise):
      Self.first(of: input, inspected) { value in
        map.keys.filter(value.hasPrefix).sorted { $0.count > $1.count }.compactMap { map[$0] }
      } ?? Self.result(otherwise, inspected)
    case .blocks(let input, let ranges, let otherwise):
      Self.first(of: input, inspected) { value in Self.matching(ranges, value) }
        ?? Self.result(otherwise, inspected)
    case .unknown(let name): .unknown(name)
    }
  }

  /// The results of the blocks that contain an address, most specific first, up to an exclusive one.
  private static func matching(_ ranges: [Blocks], _ value: String) -> [OnMatch] {
    guard let address = IPAddress(value) else { return [] }
    let found = ranges.compactMap { range in
      range.blocks.filter { $0.contains(address) }.map(\.prefixLength).max().map { (range, $0) }
    }.sorted { $0.1 > $1.1 }.map(\.0)
    let end = found.firstIndex(where: \.isExclusive).map { $0 + 1 } ?? found.count
    return found.prefix(end).map(\.onMatch)
  }

  private static func first(
    of input: Input, _ inspected: InspectedConnection, _ candidates: (String) -> [OnMatch]
  ) -> Result? {
    switch input.value(inspected) {
    case .unknown(let name): return .unknown(name)
    case .absent: return nil
    case .text(let text): return firstMatch(candidates(text), inspected)
    }
  }

  private static func first(_ entries: [Entry], _ inspected: InspectedConnection) -> Result? {
    for entry in entries {
      switch entry.predicate.evaluate(inspected) {
      case .no: continue
      case .maybe(let reason): return .unknown(reason)
      case .yes:
        if let result = firstMatch([entry.onMatch], inspected) { return result }
      }
    }
    return nil
  }

  private static func firstMatch(_ candidates: [OnMatch], _ inspected: InspectedConnection) -> Result? {
    for candidate in candidates {
      let result = result(candidate, inspected)
      if result != .noMatch { return result }
    }
    return nil
  }

  private static func result(_ onMatch: OnMatch?, _ inspected: InspectedConnection) -> Result {
    switch onMatch {
    case .action(let name): .action(name)
    case .matcher(let nested): nested.evaluate(inspected)
    case nil: .noMatch
    }
  }
}

extension EnvoyMatcher.Predicate {
  fileprivate func evaluate(_ inspected: InspectedConnection) -> EnvoyFulfilment {
    switch self {
    case .value(let input, let match):
      switch input.value(inspected) {
      case .unknown(let name): .maybe(name)
      case .absent: .no
      case .text(let text): match.matches(text)
      }
    case .not(let predicate): predicate.evaluate(inspected).inverted
    case .allOf(let predicates): .all(predicates.map { $0.evaluate(inspected) })
    case .anyOf(let predicates):
      EnvoyFulfilment.all(predicates.map { $0.evaluate(inspected).inverted }).inverted
    case .unknown(let name): .maybe(name)
    }
  }
}

extension EnvoyMatcher.Input {
  /// Value of an input.
  enum Value {
    case text(String)
    /// The connection has none, so nothing matches.
    case absent
    case unknown(String)
  }

  func value(_ inspected: InspectedConnection) -> Value {
    let connection = inspected.connection
    switch self {
    case .destinationAddress: return .text(inspected.destination.address.description)
    case .destinationPort: return .text(inspected.destination.port.description)
    case .sourceAddress, .directSourceAddress:
      return given(connection.source?.description, "the source address")
    case .sourcePort: return given(connection.sourcePort?.description, "the source port")
    case .sourceType:
      guard let isSameHost = inspected.isFromSameHost else { return .unknown("the source address") }
      return isSameHost ? .text("local") : .absent
    case .serverName: return inspected.serverName.map(Value.text) ?? .absent
    case .transportProtocol: return .text(inspected.transportProtocol)
    case .applicationProtocols:
      let names = inspected.applicationProtocols
      return names.isEmpty ? .absent : .text(names.map { "'\($0)'" }.joined(separator: ","))
    case .other(let name): return .unknown("the input \(name)")
    }
  }

  private func given(_ value: String?, _ name: String) -> Value { value.map(Value.text) ?? .unknown(name) }
}
