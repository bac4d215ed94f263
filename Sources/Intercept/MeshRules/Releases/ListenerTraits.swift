/// The way to allocate addresses to hosts of ServiceEntries without one.
package enum AddressAllocationKind: Hashable, Sendable {
  /// One after another, in the order of creation.
  case byOrder
  /// By the hash of the namespace and the host.
  case byHash(AddressHashing)
  /// By a controller, which writes them into the status.
  case inStatus
}

/// The choice among namespaces that have hosts of one name, for proxies without a Sidecar.
package enum HostOwners: Hashable, Sendable {
  case all
  /// That of the oldest host, or of a Service.
  case oldest
  /// The proxy's own, or else as `oldest`.
  case own
}

/// A table of hosts by their hashes.
package struct AddressHashing: Hashable, Sendable {
  package let slots: UInt32
  /// The slots for hosts whose first slot is taken.
  package let retrySlots: UInt32
  /// Addresses that would end with 0 are left out also for free slots.
  package let skipsFreeSlots: Bool

  /// Istio 1.17 to 1.19.
  fileprivate static let first = AddressHashing(slots: 255 * 255, retrySlots: 255 * 255, skipsFreeSlots: true)
  fileprivate static let second = AddressHashing(
    slots: 256 * 254, retrySlots: 256 * 254 - 1, skipsFreeSlots: false)
}

/// The differences between the listeners that Istio's releases make, as named traits.
package struct ListenerTraits: Sendable {
  /// The control plane's variable `ISTIO_DUAL_STACK` is read.
  package let readsDualStack: Bool
  /// Outbound listeners of a proxy with addresses of both families have addresses of both, also without
  /// `ISTIO_DUAL_STACK`.
  package let bindsEveryFamily: Bool
  /// Of a Service's addresses, those of the proxy's families are taken; else the first.
  package let limitsFamilies: Bool
  /// The proxy's static listeners keep outbound HTTP off their ports.
  package let reservesStaticPorts: Bool
  /// The listeners that the rules redirect to do the same.
  package let reservesRedirectedPorts: Bool
  /// Both kinds of listeners keep inbound filter chains off their ports.
  package let reservesInboundPorts: Bool
  /// A Sidecar's egress listener with a port is on the wildcard address; else on those of the hosts.
  package let bindsEgressPortsToWildcard: Bool
  /// The TLS of wildcard hosts with resolution DYNAMIC_DNS is matched by the server name.
  package let matchesDynamicNames: Bool
  package let hostOwners: HostOwners
  /// The allocation of addresses with `PILOT_ENABLE_IP_AUTOALLOCATE`, and without it.
  package let allocations: (enabled: AddressAllocationKind, disabled: AddressAllocationKind)
  /// The default of `PILOT_ENABLE_IP_AUTOALLOCATE`.
  package let allocatesInStatus: Bool
}

extension IstioRelease {
  /// The traits of the release's listeners.
  package var listenerTraits: ListenerTraits {
    let allocation: AddressAllocationKind =
      minor <= 16 ? .byOrder : .byHash(minor <= 19 ? .first : .second)
    return ListenerTraits(
      readsDualStack: minor >= 17,
      bindsEveryFamily: minor >= 24,
      limitsFamilies: minor >= 23,
      reservesStaticPorts: minor >= 18,
      reservesRedirectedPorts: minor >= 21,
      reservesInboundPorts: minor >= 23,
      bindsEgressPortsToWildcard: minor <= 15,
      matchesDynamicNames: minor >= 30,
      hostOwners: minor <= 21 ? .all : minor <= 23 ? .oldest : .own,
      allocations: (minor >= 23 ? .inStatus : allocation, allocation),
      allocatesInStatus: minor >= 25)
  }
}
