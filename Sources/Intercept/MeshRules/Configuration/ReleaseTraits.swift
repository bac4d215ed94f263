/// What one release of Istio does otherwise than another, as named habits that the builder reads.
public struct ReleaseTraits: Hashable, Sendable {
  /// Where the rules that capture DNS over UDP stand, and the jumps to them.
  public enum DNSPlacement: Hashable, Sendable {
    /// In the built-in chains of nat and raw.
    case builtinChains
    /// In ISTIO_OUTPUT, with a jump there for UDP.
    case outputChain
    /// In ISTIO_OUTPUT_DNS, together with those for TCP; replies in raw's ISTIO_INBOUND.
    case dnsChain
  }

  /// How the address of a DNS server is looked for in its replies.
  public enum DNSReplyAddress: Hashable, Sendable {
    /// As the destination, which no reply ever has.
    case destination
    case source
  }

  public let dnsPlacement: DNSPlacement
  public let dnsReplyAddress: DNSReplyAddress
  /// DNS capture with no server known still puts the rules for the proxy's own queries in.
  public let capturesDNSWithoutServers: Bool
  /// A self-call through the VIP to the tunnel port is not sent to the inbound listener.
  public let sparesTunnelPort: Bool
  /// ISTIO_OUTPUT ends with an explicit RETURN where CIDRs are listed.
  public let endsOutputWithReturn: Bool
  /// Every protocol goes to ISTIO_OUTPUT, not TCP alone.
  public let outputTakesEveryProtocol: Bool
  /// An excluded outbound port is excluded for UDP as well.
  public let excludesUDPPorts: Bool
  /// Invalid packets are dropped by way of a chain ISTIO_DROP.
  public let dropsInChain: Bool
  /// `ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR` is read.
  public let readsLoopbackCIDR: Bool
  /// A Service of type ExternalName is a host of its own, with listeners for its ports. Afterwards it is another name
  /// of the host it stands for (`ENABLE_EXTERNAL_NAME_ALIAS`).
  public let makesListenersOfExternalNames: Bool
  /// The injector refuses pods whose annotations name what no interface can be called.
  public let checksInterfaceNames: Bool
}

extension IstioRelease {
  /// The release's habits: the one place where releases are compared.
  public var traits: ReleaseTraits {
    ReleaseTraits(
      dnsPlacement: minor <= 22 ? .builtinChains : minor <= 24 ? .outputChain : .dnsChain,
      dnsReplyAddress: minor <= 19 ? .destination : .source,
      capturesDNSWithoutServers: minor <= 24,
      sparesTunnelPort: minor >= 18,
      endsOutputWithReturn: minor <= 22,
      outputTakesEveryProtocol: minor >= 25,
      excludesUDPPorts: minor >= 25,
      dropsInChain: minor >= 24,
      readsLoopbackCIDR: minor >= 21,
      makesListenersOfExternalNames: minor <= 20,
      checksInterfaceNames: minor >= 30)
  }
}
