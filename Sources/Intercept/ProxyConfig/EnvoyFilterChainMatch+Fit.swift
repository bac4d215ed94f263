import NetworkValues
import PacketTrace

/// How a filter chain fits a connection at one step.
enum EnvoyFit: Hashable {
  case no
  /// The higher, the more exact; 0 if it asks for nothing.
  case yes(Int)
  /// It asks for what nobody said.
  case unknown

  /// How exact it is, if it fits.
  var exactness: Int? {
    switch self {
    case .yes(let exactness): exactness
    case .no, .unknown: nil
    }
  }

  fileprivate static func `if`(_ isFulfilled: Bool) -> EnvoyFit { isFulfilled ? .yes(1) : .no }
}

extension EnvoyFilterChainMatch {
  /// How the chain fits at a step.
  func fit(_ connection: EnvoyConnection, _ step: EnvoyMatchStep) -> EnvoyFit {
    let bytes = connection.bytes
    switch step {
    case .destinationPort: return destinationPort.map { .if($0 == connection.original.port) } ?? .yes(0)
    case .destination: return Self.fit(prefixRanges, connection.original.address)
    case .serverName: return serverNameFit(bytes.serverName)
    case .transport: return transportProtocol.map { .if($0 == bytes.transportProtocol) } ?? .yes(0)
    case .application: return applicationFit(bytes.applicationProtocols)
    case .directSource: return Self.fit(directSourcePrefixRanges, connection.source)
    case .sourceType: return sourceTypeFit(connection)
    case .source: return Self.fit(sourcePrefixRanges, connection.source)
    case .sourcePort:
      guard !sourcePorts.isEmpty else { return .yes(0) }
      return connection.sourcePort.map { .if(sourcePorts.contains($0)) } ?? .unknown
    }
  }

  private static func fit(_ blocks: [CIDR], _ address: IPAddress?) -> EnvoyFit {
    guard !blocks.isEmpty else { return .yes(0) }
    guard let address else { return .unknown }
    return blocks.filter { $0.contains(address) }.map { .yes($0.prefixLength + 1) }.max {
      $0.exactness ?? 0 < $1.exactness ?? 0
    } ?? .no
  }

  private func serverNameFit(_ name: String?) -> EnvoyFit {
    guard !serverNames.isEmpty else { return .yes(0) }
    guard let name else { return .no }
    let exactness = serverNames.compactMap { pattern in
      if pattern.lowercased() == name { return Int.max }
      return pattern.hasPrefix("*.") && name.hasSuffix(pattern.lowercased().dropFirst()) ? pattern.count : nil
    }.max()
    return exactness.map(EnvoyFit.yes) ?? .no
  }

  /// Of the protocols that a client offers, the first that any chain asks for decides.
  private func applicationFit(_ offered: [String]) -> EnvoyFit {
    guard !applicationProtocols.isEmpty else { return .yes(0) }
    return offered.firstIndex(where: applicationProtocols.contains).map { .yes(Int.max - $0) } ?? .no
  }

  private func sourceTypeFit(_ connection: EnvoyConnection) -> EnvoyFit {
    guard let sourceType else { return .yes(0) }
    guard let source = connection.source else { return .unknown }
    let isSameHost = source.isLoopback || source == connection.original.address
    return .if(isSameHost == (sourceType == .sameHost))
  }
}
