import Intercept
import KubernetesObjects

/// The auto-allocated addresses that a proxy has listeners for.
///
/// Istio allocates addresses to hosts without one. Only proxies that answer DNS queries have listeners for them, because
/// no other pod learns these addresses.
package enum AutoAllocatedAddresses: Int, Comparable, Sendable {
  case none
  /// The addresses in the status of ServiceEntries.
  case inStatus
  /// An address for every host, in the status or not.
  case all

  /// - Parameters:
  ///   - capturesDNS: true if the app's DNS queries go to the proxy.
  ///   - dnsAutoAllocate: the proxy's variable `ISTIO_META_DNS_AUTO_ALLOCATE`; nil if it is not set.
  package init(capturesDNS: Bool, dnsAutoAllocate: String?) {
    let allocatesAll = dnsAutoAllocate.flatMap(Bool.init(goText:)) == true
    self = !capturesDNS ? .none : allocatesAll ? .all : .inStatus
  }

  package static func < (left: AutoAllocatedAddresses, right: AutoAllocatedAddresses) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension MeshValues {
  /// The auto-allocated addresses that all proxies have listeners for.
  package var autoAllocatedAddresses: AutoAllocatedAddresses {
    let variables = proxyMetadata.mapValues(\.text)
    var reader = OptionReader(Options(environment: variables))
    return AutoAllocatedAddresses(
      capturesDNS: reader.toggle(.redirectDNS), dnsAutoAllocate: variables[IstioVariable.dnsAutoAllocate])
  }
}
