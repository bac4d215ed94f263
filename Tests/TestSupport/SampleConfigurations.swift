package import Intercept

extension Configuration {
  /// The configuration that Istio's injector asks for, with this number as the proxy's user and group.
  package static func sidecar(
    _ number: UInt32 = 1337, _ change: (inout Configuration) -> Void = { _ in }
  ) -> Configuration {
    var configuration = Configuration()
    configuration.proxyUsers = [UserID(rawValue: number)].compactMap(\.self)
    configuration.proxyGroups = [GroupID(rawValue: number)].compactMap(\.self)
    configuration.inboundPorts = .all(except: [15090, 15021, 15020].map { PortRange($0) })
    configuration.outboundCIDRs = .all
    change(&configuration)
    return configuration
  }

  /// The configuration of the published dump, `golden/documented-dump/published.iptables-save`.
  package static var documented: Configuration {
    .sidecar(201507) { $0.release = IstioRelease(minor: 16) ?? .newest }
  }
}
