import MeshRules

extension Configuration {
  /// Sets each option that rules show to its default.
  static var resets: [(inout Configuration, _ defaults: Configuration) -> Void] {
    [
      { $0.proxyPort = $1.proxyPort }, { $0.inboundCapturePort = $1.inboundCapturePort },
      { $0.inboundTunnelPort = $1.inboundTunnelPort },
      { ($0.proxyUsers, $0.proxyGroups) = ($1.proxyUsers, $1.proxyGroups) },
      { $0.interception = $1.interception }, { $0.inboundPorts = $1.inboundPorts },
      { $0.outboundCIDRs = $1.outboundCIDRs }, { $0.excludedOutboundCIDRs = $1.excludedOutboundCIDRs },
      { $0.outboundPorts = $1.outboundPorts }, { $0.excludedOutboundPorts = $1.excludedOutboundPorts },
      { $0.ownerGroups = $1.ownerGroups }, { $0.loopbackCIDR = $1.loopbackCIDR },
      { $0.excludedInterfaces = $1.excludedInterfaces }, { $0.virtualInterfaces = $1.virtualInterfaces },
      { $0.dns = $1.dns }, { $0.dropsInvalid = $1.dropsInvalid },
    ]
  }
}
