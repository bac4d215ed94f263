package import Intercept
package import KubernetesObjects
package import SidecarInjection

/// The objects of a manifest as a mesh, indexed for queries.
package struct Mesh: Sendable {
  package let list: ObjectList
  package let values: MeshValues
  /// The release of Istio; nil if it is unknown, in which case the behaviour of any release counts.
  package let release: IstioRelease?
  /// The domain after `.svc.` in the host names of Services.
  package let domain: String
  /// All hosts in creation order, as Istio sorts them.
  package let hosts: [MeshHost]
  /// The namespaces of pods, hosts and Namespace objects, sorted.
  package let namespaces: [String]
  package let pods: [MeshPod]
  package let gatewayServices: GatewayServices
  /// The Gateways, with those that Istio makes of Gateways of the Gateway API and of Ingresses.
  package let gateways: [Gateway]
  /// The VirtualServices, with those that Istio makes of routes of the Gateway API and of Ingresses.
  package let virtualServices: [VirtualService]
  /// The objects of the Gateway API that are not followed.
  package let gatewayAPIWarnings: [String]
  private let sidecars: [String: [IndexedSidecar]]
  private let podsByLabel: LabelIndex
  /// True if Istio creates listeners for ExternalName Services, or if the release is unknown.
  package let createsExternalNameListeners: Bool
  /// Empty if ExternalName Services have listeners of their own.
  let aliases: HostAliases
  /// The endpoints of Services in EndpointSlices, by namespace and name.
  let endpointsByService: [String: [ListedEndpoint]]
  /// The index of the pod with an address.
  let podsByAddress: [IPAddress: Int]
  /// The objects by namespace, the oldest first.
  let peerAuthentications: [String: [PeerAuthentication]]
  let destinationRules: [String: [DestinationRule]]

  /// - Parameters:
  ///   - given: the settings of the mesh's installation that take precedence over Istio's ConfigMaps in the list.
  ///   - assumesInjection: true to expect injection of pods without any sign of the mesh.
  ///   - autoAllocatedAddresses: the addresses that proxies have listeners for; nil for those of the mesh's values or
  ///     of any pod.
  package init(
    _ list: ObjectList, _ given: MeshValues, release: IstioRelease?, assumesInjection: Bool = false,
    autoAllocatedAddresses: AutoAllocatedAddresses? = nil
  ) {
    let context = InjectionContext(list, given, IstioVersion(release ?? .newest))
    let values = context.defaultValues
    self.list = list
    self.values = values
    self.release = release
    let domain = values[.clusterDomain] ?? "cluster.local"
    self.domain = domain
    let pods = MeshPod.all(list, context, assumesInjection: assumesInjection)
    self.pods = pods
    let allocated =
      autoAllocatedAddresses
      ?? pods.lazy.compactMap(\.capturedPorts?.autoAllocatedAddresses)
      .reduce(values.autoAllocatedAddresses, max)
    let allocation = AddressAllocation(
      list.serviceEntries, allocated, (release ?? .newest).listenerTraits.allocation(values))
    let services = list.services.map { MeshHost($0, in: values, domain: domain) }
    let entries = list.serviceEntries.flatMap { entry in
      entry.hosts.map { MeshHost(entry, host: $0, in: values, allocation) }
    }
    let hosts = (services + entries).sorted { $0.creationOrder < $1.creationOrder }
    self.hosts = hosts
    let makesListeners = release.map { $0.traits.makesListenersOfExternalNames(values) } ?? true
    createsExternalNameListeners = makesListeners
    aliases = HostAliases(makesListeners ? [] : hosts)
    sidecars = Dictionary(grouping: list.sidecars) { $0.object.namespace }.mapValues { sidecars in
      sidecars.sorted { ($0.creationTime, $0.object.name) < ($1.creationTime, $1.object.name) }
        .map(IndexedSidecar.init)
    }
    podsByLabel = LabelIndex(list.pods.map(\.labels))
    endpointsByService = ListedEndpoint.byService(list.endpoints)
    podsByAddress = Dictionary(
      list.pods.enumerated().filter { !$1.isFinished && !$1.usesHostNetwork }.flatMap { index, pod in
        pod.addresses.map { ($0, index) }
      }
    ) { first, _ in first }
    peerAuthentications = Dictionary(grouping: list.peerAuthentications) { $0.object.namespace }.mapValues {
      $0.sorted { ($0.creationTime, $0.object.name) < ($1.creationTime, $1.object.name) }
    }
    destinationRules = Dictionary(grouping: list.destinationRules) { $0.object.namespace }.mapValues {
      $0.sorted { ($0.creationTime, $0.object.name) < ($1.creationTime, $1.object.name) }
    }
    gatewayServices = GatewayServices(list, podsByLabel)
    let converted = GatewayAPI(list, values, release: release ?? .newest, domain: domain)
    let ingress = IngressConversion(list, values, domain: domain)
    gateways = list.gateways + converted.gateways + ingress.gateways
    virtualServices = list.virtualServices + converted.virtualServices + ingress.virtualServices
    gatewayAPIWarnings = converted.warnings
    let used = list.pods.map(\.object.namespace) + hosts.map(\.object.namespace)
    namespaces = Set(used).union(list.namespaces.keys).sorted()
  }

  /// The release whose behaviour is followed: an unknown one is taken as the newest.
  package var followedRelease: IstioRelease { release ?? .newest }

  /// Returns the hosts visible to the workloads of a namespace, or to those with some labels.
  package func sidecarScope(of namespace: String, labels: [String: String]? = nil) -> SidecarScope {
    SidecarScope(
      namespace, labels: labels, sidecars: sidecars, root: values.rootNamespace,
      excludesHosts: followedRelease.traits.excludesHostsOfSidecars,
      owners: followedRelease.listenerTraits.hostOwners)
  }

  /// Returns the pods that a selector selects in a namespace.
  package func pods(selectedBy selector: [String: String], in namespace: String) -> [Pod] {
    podIndexes(selectedBy: selector, in: namespace).map { list.pods[$0] }
  }

  /// Returns the indexes of the pods that a selector selects in a namespace.
  func podIndexes(selectedBy selector: [String: String], in namespace: String) -> [Int] {
    podsByLabel.indexes(selector).filter { list.pods[$0].object.namespace == namespace }
  }

  /// True if the injector makes proxies native sidecars by default: from Istio 1.27 on, on Kubernetes 1.33.
  package var detectsNativeSidecars: Bool {
    InjectionContext.detectsNativeSidecars(followedRelease, nodeVersions: list.nodeVersions)
  }

  /// True if the list contains the control plane, and so the objects of Istio's installation.
  package var includesControlPlane: Bool {
    list.services.contains {
      $0.object.namespace == values.rootNamespace && $0.object.name.hasPrefix("istiod")
    }
  }

  /// Returns true if a port has a listener on the wildcard address that accepts connections to any address.
  package func hasWildcardListener(_ host: MeshHost, _ port: MeshPort) -> Bool {
    host.addresses == .none && port.portProtocol.isPlainTCP
      && (!host.isExternalName || createsExternalNameListeners)
  }
}

extension Mesh {
  /// Returns true if a Service belongs to a system namespace, outside the mesh.
  package func isSystemService(_ service: Service) -> Bool {
    InjectionPolicy.systemNamespaces.contains(service.object.namespace)
  }

  /// Returns the pods' port that a Service's port leads to; nil if it is named and no pod in the list has the name.
  package func podPort(of port: ServicePort, in service: Service) -> Port? {
    switch port.target {
    case .number(let number): number == 0 ? port.number : number
    case .name(let name):
      pods(selectedBy: service.selector, in: service.object.namespace).lazy
        .flatMap(\.runningContainers).flatMap(\.ports).first { $0.name == name }?.number
    }
  }

  /// Returns the full name of a host in a route: a name without dots is a Service of the route's namespace.
  package func fullName(_ host: String, in namespace: String) -> String {
    host.contains(".") || host == "*" ? host : "\(host).\(namespace).svc.\(domain)"
  }
}

extension ReleaseTraits {
  /// Returns true if ExternalName Services have listeners of their own in an installation.
  fileprivate func makesListenersOfExternalNames(_ values: MeshValues) -> Bool {
    guard readsExternalNameAlias, let alias = values[.externalNameAlias] else {
      return makesListenersOfExternalNames
    }
    return alias != "true"
  }
}

extension ListenerTraits {
  /// Returns the allocation of addresses in an installation.
  fileprivate func allocation(_ values: MeshValues) -> AddressAllocationKind {
    let isEnabled = values[.addressAllocation].map { $0 == "true" } ?? allocatesInStatus
    return isEnabled ? allocations.enabled : allocations.disabled
  }
}
