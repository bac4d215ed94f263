import Intercept

/// The differences between the injectors of Istio's releases, as named traits.
struct InjectorTraits: Hashable, Sendable {
  /// The port of the inbound listener is the mesh's (`proxyInboundListenPort`).
  let readsInboundListenPort: Bool
  /// The user and group of the proxy are the last of the blocks that OpenShift gives to the namespace.
  let readsOpenShiftBlocks: Bool
  /// On OpenShift, a user of the proxy that is the app's as well is ignored.
  let ignoresSharedUser: Bool
  /// The user that the manifest gives to the proxy is the proxy's user of the rules.
  let overridesProxyUser: Bool
  /// In TPROXY mode the proxy's user of the rules is 1337, unless the manifest gives another.
  let tproxyHasDefaultUser: Bool
  /// The annotation `istio.io/reroute-virtual-interfaces` is read.
  let readsReroutedInterfaces: Bool
  /// The annotation `sidecar.istio.io/nativeSidecar` is read.
  let readsNativeSidecar: Bool
  /// The proxy is a native sidecar on clusters that have them (Kubernetes 1.33).
  let detectsNativeSidecars: Bool
  /// The rules may be native nftables rules (`global.nativeNftables`).
  let readsNativeNftables: Bool
  /// Annotations with invalid interface names are rejected.
  let checksInterfaceNames: Bool
  /// Annotations with invalid resource quantities are rejected.
  let checksQuantities: Bool
  /// The annotation `sidecar.istio.io/enableCoreDump` is checked.
  let checksCoreDump: Bool

  init(_ version: IstioVersion) {
    let minor = version.release.minor
    readsInboundListenPort = minor >= 18
    readsOpenShiftBlocks = minor >= 20
    ignoresSharedUser = minor >= 23
    overridesProxyUser =
      minor >= 23 || [20: 7, 21: 3, 22: 1][minor].map { version.patch ?? .max >= $0 } ?? false
    tproxyHasDefaultUser = minor >= 27 || [25: 4, 26: 2][minor].map { version.patch ?? .max >= $0 } ?? false
    readsReroutedInterfaces = minor >= 25
    readsNativeSidecar = minor >= 24
    detectsNativeSidecars = minor >= 27
    readsNativeNftables = minor >= 27
    checksInterfaceNames = minor >= 30
    checksQuantities = minor >= 29 || [27: 6, 28: 4][minor].map { version.patch ?? 0 >= $0 } ?? false
    checksCoreDump = minor <= 24
  }
}
