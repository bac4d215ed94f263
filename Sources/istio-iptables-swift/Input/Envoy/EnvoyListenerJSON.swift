import Intercept

/// A listener as Envoy describes it, second or third version of its interface.
struct EnvoyListenerJSON: Decodable {
  let name: String?
  let address: EnvoyAddressJSON?
  let additionalAddresses: [Additional]?
  let filterChains: [EnvoyFilterChainJSON]?
  let defaultFilterChain: EnvoyFilterChainJSON?
  let filterChainMatcher: Anything?
  let useOriginalDst: Bool?
  /// The same, by the name it had while it was to go.
  let hiddenEnvoyDeprecatedUseOriginalDst: Bool?
  let bindToPort: Bool?
  /// Where the second version has `bindToPort`.
  let deprecatedV1: Deprecated?
  let trafficDirection: String?

  struct Additional: Decodable {
    let address: EnvoyAddressJSON?
  }

  struct Deprecated: Decodable {
    let bindToPort: Bool?
  }

  /// Whatever it is: that it is there is enough.
  struct Anything: Decodable {
    init(from _: any Decoder) {}
  }
}

extension EnvoyListenerJSON {
  /// The listener; nil for one that takes no TCP connections by address and port.
  ///
  /// - Throws: `MalformedEnvoy` for an address or a match that cannot be.
  func listener() throws -> EnvoyListener? {
    let addresses = [address] + (additionalAddresses ?? []).map(\.address)
    let ends = try addresses.compactMap(\.self).flatMap { try $0.ends() }
    guard let first = ends.first else { return nil }
    let name = name ?? "\(first.address)_\(first.port)"
    return EnvoyListener(
      name: name, ends: ends, direction: direction,
      bindsToPort: bindToPort ?? deprecatedV1?.bindToPort ?? true,
      handsOver: useOriginalDst ?? hiddenEnvoyDeprecatedUseOriginalDst,
      choosesByMatcher: filterChainMatcher != nil,
      filterChains: try (filterChains ?? []).map { try $0.chain(of: name) },
      defaultFilterChain: try defaultFilterChain?.chain(of: name))
  }

  private var direction: Flow.Direction? {
    switch trafficDirection {
    case "OUTBOUND": .outbound
    case "INBOUND": .inbound
    default: nil
    }
  }
}

/// Where a listener listens.
struct EnvoyAddressJSON: Decodable {
  let socketAddress: Socket?

  struct Socket: Decodable {
    let address: String?
    let portValue: Int?
    let `protocol`: String?
    let ipv4Compat: Bool?
  }

  /// The address and its port; none for a pipe, a listener within Envoy, or UDP.
  func ends() throws -> [Endpoint] {
    guard let socketAddress, socketAddress.protocol ?? "TCP" == "TCP", let port = socketAddress.portValue
    else { return [] }
    let text = socketAddress.address ?? ""
    guard let address = IPAddress(text), let number = UInt16(exactly: port) else {
      throw MalformedEnvoy("'\(text)', port \(port): no address that a listener can have")
    }
    let end = Endpoint(address, Port(rawValue: number))
    let isForBoth = socketAddress.ipv4Compat == true && address == IPAddress(.ipv6, bits: 0)
    return isForBoth ? [end, Endpoint(IPAddress(.ipv4, bits: 0), end.port)] : [end]
  }
}
