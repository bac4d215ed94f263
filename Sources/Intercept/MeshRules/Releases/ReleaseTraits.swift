/// The differences between releases of Istio, as named traits.
public struct ReleaseTraits: Hashable, Sendable {
  /// The chains of the rules that capture DNS over UDP.
  public enum DNSPlacement: Hashable, Sendable {
    /// The built-in chains of nat and raw.
    case builtinChains
    /// ISTIO_OUTPUT, with a jump for UDP.
    case outputChain
    /// ISTIO_OUTPUT_DNS, which has the rules for TCP as well; replies in raw's ISTIO_INBOUND.
    case dnsChain
  }

  /// The field of a DNS reply that is compared with the server's address.
  public enum DNSReplyAddress: Hashable, Sendable {
    /// The destination, which never matches: a mistake in these releases.
    case destination
    case source
  }

  public let dnsPlacement: DNSPlacement
  public let dnsReplyAddress: DNSReplyAddress
  /// DNS capture without a known server still has the rules for the proxy's own queries.
  public let capturesDNSWithoutServers: Bool
  /// A call of the app to itself by a service address is not redirected inbound at the tunnel port.
  public let sparesTunnelPort: Bool
  /// ISTIO_OUTPUT ends with an explicit RETURN if CIDRs are listed.
  public let endsOutputWithReturn: Bool
  /// OUTPUT jumps to ISTIO_OUTPUT for every protocol, not only for TCP.
  public let outputTakesEveryProtocol: Bool
  /// An excluded outbound port is excluded for UDP as well.
  public let excludesUDPPorts: Bool
  /// Invalid packets are dropped in the chain ISTIO_DROP.
  public let dropsInChain: Bool
  /// `ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR` is supported.
  public let readsLoopbackCIDR: Bool
  /// A Service of type ExternalName is a separate host with listeners for its ports. Later releases treat it as an alias.
  public let makesListenersOfExternalNames: Bool
  /// The control plane's variable `ENABLE_EXTERNAL_NAME_ALIAS` decides about ExternalName Services.
  public let readsExternalNameAlias: Bool
  /// Inbound connections to ports without a Service have a cluster for each address family
  /// (`InboundPassthroughClusterIpv4`).
  public let splitsInboundPassthrough: Bool
  /// `internalTrafficPolicy: Local` of a Service applies.
  public let readsInternalTrafficPolicy: Bool
  /// The labels of an endpoint choose the subset of a DestinationRule that decides about its automatic mutual TLS.
  public let choosesSubsetByEndpoint: Bool
  /// A TLS mode of a DestinationRule with certificates of its own does not prevent automatic mutual TLS of an endpoint.
  public let ignoresForeignTLSOfEndpoints: Bool
  /// `~` before the namespace of a Sidecar's host leaves the host out.
  public let excludesHostsOfSidecars: Bool
}

extension IstioRelease {
  /// The release's traits.
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
      readsExternalNameAlias: (20...23).contains(minor),
      splitsInboundPassthrough: minor <= 22,
      readsInternalTrafficPolicy: minor >= 17,
      choosesSubsetByEndpoint: minor <= 18,
      ignoresForeignTLSOfEndpoints: minor <= 19,
      excludesHostsOfSidecars: minor >= 31)
  }
}
