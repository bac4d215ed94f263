/// The differences between the injectors of Istio's releases, as named traits.
package struct InjectorTraits: Hashable, Sendable {
  /// The port of the inbound listener is the mesh's (`proxyInboundListenPort`).
  package let readsInboundListenPort: Bool
  /// The user and group of the proxy are the last of the blocks that OpenShift gives to the namespace.
  package let readsOpenShiftBlocks: Bool
  /// On OpenShift, a user of the proxy that is the app's as well is ignored.
  package let ignoresSharedUser: Bool
  /// The user that the manifest gives to the proxy is the proxy's user of the rules.
  package let overridesProxyUser: Bool
  /// In TPROXY mode the proxy's user of the rules is 1337, unless the manifest gives another.
  package let tproxyHasDefaultUser: Bool
  /// The annotation `istio.io/reroute-virtual-interfaces` is read.
  package let readsReroutedInterfaces: Bool
  /// The proxy is a native sidecar on clusters that have them (Kubernetes 1.33).
  package let detectsNativeSidecars: Bool
  /// The rules may be native nftables rules (`global.nativeNftables`).
  package let readsNativeNftables: Bool
  /// Annotations with invalid interface names are rejected.
  package let checksInterfaceNames: Bool
  /// Annotations with invalid resource quantities are rejected.
  package let checksQuantities: Bool
  /// The annotation `sidecar.istio.io/enableCoreDump` is checked.
  package let checksCoreDump: Bool
}

extension IstioVersion {
  /// The traits of the version's injector. If the patch is unknown, defaults are those of the newest patch, and checks
  /// those of the first.
  package var injectorTraits: InjectorTraits {
    let minor = release.minor
    return InjectorTraits(
      readsInboundListenPort: minor >= 18,
      readsOpenShiftBlocks: minor >= 20,
      ignoresSharedUser: minor >= 23,
      overridesProxyUser: isFrom(23, orPatch: [20: 7, 21: 3, 22: 1], unknownPatch: .max),
      tproxyHasDefaultUser: isFrom(27, orPatch: [25: 4, 26: 2], unknownPatch: .max),
      readsReroutedInterfaces: minor >= 25,
      detectsNativeSidecars: minor >= 27,
      readsNativeNftables: minor >= 27,
      checksInterfaceNames: minor >= 30,
      checksQuantities: isFrom(29, orPatch: [27: 6, 28: 4], unknownPatch: 0),
      checksCoreDump: minor <= 24)
  }

  /// True from a minor release on, and from a patch of earlier ones on.
  private func isFrom(_ minor: Int, orPatch patches: [Int: Int], unknownPatch: Int) -> Bool {
    release.minor >= minor || patches[release.minor].map { patch ?? unknownPatch >= $0 } ?? false
  }
}
