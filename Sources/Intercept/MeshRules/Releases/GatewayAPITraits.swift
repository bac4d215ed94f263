/// The differences between Istio's releases in reading the Gateway API, as named traits.
package struct GatewayAPITraits: Hashable, Sendable {
  /// The installations of a release that read a kind.
  package enum Support: Hashable, Sendable {
    case never
    /// Those with `PILOT_ENABLE_ALPHA_GATEWAY_API`.
    case withAlphaAPIs
    case always
  }

  package let grpcRoutes: Support
  package let tcpRoutes: Support
  package let tlsRoutes: Support
  package let listenerSets: Support
  /// The older kind, of the group `gateway.networking.x-k8s.io`.
  package let experimentalListenerSets: Support
  /// Listeners of plain TCP.
  package let tcpListeners: Support
  /// TCPRoutes and TLSRoutes may have Services as parents.
  package let routesTCPInMesh: Bool
  /// GRPCRoutes may use ReferenceGrants.
  package let grantsGRPCRoutes: Bool
  /// HTTPRoutes and GRPCRoutes of one host are merged; else those of HTTPRoutes replace the others.
  package let mergesGRPCRoutes: Bool
  /// The hosts of a TLSRoute are compared with that of the listener.
  package let comparesTLSHosts: Bool
  /// The hosts of a TLSRoute are limited to that of the listener.
  package let limitsTLSHosts: Bool
  /// TLSRoutes attach to listeners that terminate TLS.
  package let terminatesTLSRoutes: Bool
  /// A route goes to the listener with the most specific host alone.
  package let isolatesListeners: Bool
  /// The status of requests to a rule of an HTTPRoute without destinations.
  package let emptyRuleStatus: Int
}

extension IstioRelease {
  /// The release's traits in reading the Gateway API, those of its newest patch.
  package var gatewayAPITraits: GatewayAPITraits {
    let alpha: GatewayAPITraits.Support = minor <= 17 ? .always : .withAlphaAPIs
    return GatewayAPITraits(
      grpcRoutes: minor <= 19 ? .never : minor <= 21 ? .withAlphaAPIs : .always,
      tcpRoutes: minor >= 31 ? .always : alpha,
      tlsRoutes: minor >= 30 ? .always : alpha,
      listenerSets: minor >= 30 ? .always : .never,
      experimentalListenerSets: (27...29).contains(minor) ? .withAlphaAPIs : .never,
      tcpListeners: (25...30).contains(minor) ? .withAlphaAPIs : .always,
      routesTCPInMesh: minor >= 19,
      grantsGRPCRoutes: minor >= 26,
      mergesGRPCRoutes: !(26...29).contains(minor),
      comparesTLSHosts: minor >= 26,
      limitsTLSHosts: minor >= 27,
      terminatesTLSRoutes: minor >= 30,
      isolatesListeners: minor >= 22,
      emptyRuleStatus: minor == 30 ? 404 : 500)
  }
}
