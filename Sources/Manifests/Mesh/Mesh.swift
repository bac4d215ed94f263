import Intercept

/// The objects of a manifest as a mesh, with indexes to ask it by.
struct Mesh: Sendable {
  let list: ObjectList
  let values: MeshValues
  /// The release of Istio; nil where nobody has said, and then what some release does counts.
  let release: IstioRelease?
  /// The name behind `.svc.` in the hosts of Services.
  let domain: String
  /// Every host, the oldest first, as Istio goes through them.
  let hosts: [MeshHost]
  /// The namespaces that anything is in, in order.
  let namespaces: [String]
  /// The pods, and what is known of their part in it.
  let members: [MeshPod]
  let gatewayServices: GatewayServices
  private let sidecars: [String: [Sidecar]]
  private let podsByLabel: LabelIndex

  /// - Parameters:
  ///   - assumesInjection: whether pods that show no sign of the mesh are taken to be in it.
  ///   - givenAddresses: which addresses proxies know; nil to ask the values and the pods, of which the one that knows
  ///     the most is enough.
  init(
    _ list: ObjectList, _ values: MeshValues, release: IstioRelease?, assumesInjection: Bool = false,
    givenAddresses: AutoAllocatedAddresses? = nil
  ) {
    self.list = list
    self.values = values
    self.release = release
    let domain = values[.clusterDomain] ?? "cluster.local"
    self.domain = domain
    let members = MeshPod.all(
      list, values, release: release ?? .newest, assumesInjection: assumesInjection)
    self.members = members
    let given =
      givenAddresses
      ?? members.lazy.compactMap(\.traffic?.givenAddresses).reduce(values.givenAddresses, max)
    let services = list.services.map { MeshHost($0, in: values, domain: domain) }
    let entries = list.serviceEntries.flatMap { entry in
      entry.hosts.map { MeshHost(entry, host: $0, in: values, given) }
    }
    hosts = (services + entries).sorted { $0.age < $1.age }
    sidecars = Dictionary(grouping: list.sidecars) { $0.object.namespace }.mapValues { sidecars in
      sidecars.sorted { ($0.creationTime, $0.object.name) < ($1.creationTime, $1.object.name) }
    }
    podsByLabel = LabelIndex(list.pods.map(\.labels))
    gatewayServices = GatewayServices(list, podsByLabel)
    namespaces = Set(list.pods.map(\.object.namespace) + hosts.map(\.object.namespace)).union(
      list.namespaces.keys
    )
    .sorted()
  }

  /// The namespace whose Sidecar is everybody's default.
  private var rootNamespace: String { values[.rootNamespace] ?? values[.istioNamespace] ?? "istio-system" }

  /// What a namespace's workloads are told of, or those with some labels.
  func sight(of namespace: String, labels: [String: String]? = nil) -> SidecarScope {
    SidecarScope(namespace, labels: labels, sidecars: sidecars, root: rootNamespace)
  }

  /// The pods that a selector selects, of one namespace or of all.
  func pods(selectedBy selector: [String: String], in namespace: String?) -> [Pod] {
    podsByLabel.indexes(selector).map { list.pods[$0] }.filter {
      namespace == nil || $0.object.namespace == namespace
    }
  }

  /// Whether an ExternalName Service makes listeners; where nobody has said which release it is, yes.
  var makesListenersOfExternalNames: Bool {
    release.map { $0.traits.makesListenersOfExternalNames } ?? true
  }

  /// Whether a port makes a listener that takes every connection to its number, wherever it goes.
  func hasWildcardListener(_ host: MeshHost, _ port: MeshHost.Port) -> Bool {
    host.addresses == .none && port.protocolName.isBareTCP
      && (!host.isExternalName || makesListenersOfExternalNames)
  }
}
