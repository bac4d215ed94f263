import Intercept

/// A listener, in version 2 or 3 of the API.
///
/// The corresponding message is `envoy.config.listener.v3.Listener`.
struct EnvoyListenerJSON: Decodable {
  let name: String?
  let address: EnvoyAddressJSON?
  let additionalAddresses: [Additional]?
  let filterChains: [EnvoyFilterChainJSON]?
  let defaultFilterChain: EnvoyFilterChainJSON?
  let filterChainMatcher: Anything?
  let useOriginalDst: Bool?
  /// The name of `useOriginalDst` while it was deprecated.
  let hiddenEnvoyDeprecatedUseOriginalDst: Bool?
  let bindToPort: Bool?
  /// The parent of `bindToPort` in version 2.
  let deprecatedV1: Deprecated?
  let trafficDirection: String?

  struct Additional: Decodable {
    let address: EnvoyAddressJSON?
  }

  struct Deprecated: Decodable {
    let bindToPort: Bool?
  }

  /// A value of any type; only its presence matters.
  struct Anything: Decodable {
    init(from _: any Decoder) {}
  }
}

extension EnvoyListenerJSON {
  /// The listener; nil if it accepts no TCP connections on an address and port.
  ///
  /// - Throws: `MalformedEnvoy` for an invalid address or match.
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

/// The address of a listener.
///
/// The corresponding message is `envoy.config.core.v3.Address`.
struct EnvoyAddressJSON: Decodable {
  let socketAddress: Socket?

  struct Socket: Decodable {
    let address: String?
    let portValue: Int?
    let `protocol`: String?
    let ipv4Compat: Bool?
  }

  /// The address and its port; empty for a pipe, an internal listener, or UDP.
  func ends() throws -> [Endpoint] {
    guard let socketAddress, socketAddress.protocol ?? "TCP" == "TCP", let port = socketAddress.portValue
    else { return [] }
    let text = socketAddress.address ?? ""
    guard let address = IPAddress(text), let number = UInt16(exactly: port) else {
      throw MalformedEnvoy("'\(text)', port \(port): not an address of a listener")
    }
    let end = Endpoint(address, Port(rawValue: number))
    let isForBoth = socketAddress.ipv4Compat == true && address == IPAddress(.ipv6, bits: 0)
    return isForBoth ? [end, Endpoint(IPAddress(.ipv4, bits: 0), end.port)] : [end]
  }
}
