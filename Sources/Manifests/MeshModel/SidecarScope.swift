package import Intercept
package import KubernetesObjects

/// The hosts visible to the proxies of a workload: exported to its namespace and allowed by its Sidecar.
///
/// The corresponding Istio type is `SidecarScope`.
package struct SidecarScope: Sendable {
  package let namespace: String
  /// The Sidecar of the workload; nil if it has none.
  package let sidecar: Sidecar?
  /// The hosts that each listener of ``egress`` imports.
  private let imports: [ImportedHosts]
  /// True if `~` before a namespace leaves hosts out.
  private let excludesHosts: Bool
  private let owners: HostOwners

  /// - Parameters:
  ///   - labels: the workload's labels; nil for the default of the namespace.
  ///   - sidecars: all Sidecars, by namespace.
  ///   - root: the namespace whose Sidecar is the default of all namespaces.
  ///   - excludesHosts: true if `~` before a namespace leaves hosts out.
  ///   - owners: the choice among namespaces that have hosts of one name.
  init(
    _ namespace: String, labels: [String: String]?, sidecars: [String: [IndexedSidecar]], root: String,
    excludesHosts: Bool, owners: HostOwners
  ) {
    self.namespace = namespace
    self.excludesHosts = excludesHosts
    self.owners = owners
    let own = sidecars[namespace] ?? []
    let selected = own.first { indexed in
      !indexed.selector.isEmpty && labels.map { indexed.selector.isSatisfied(by: $0) } == true
    }
    let indexed =
      selected ?? own.first { $0.selector.isEmpty } ?? sidecars[root]?.first { $0.selector.isEmpty }
    sidecar = indexed?.sidecar
    imports = indexed?.imports ?? Sidecar.defaultEgress.map(ImportedHosts.init)
  }

  /// The listeners for outgoing connections; without a Sidecar one for all hosts.
  package var egress: [Sidecar.EgressListener] { sidecar?.effectiveEgress ?? Sidecar.defaultEgress }

  /// Returns true if the proxies have a listener for a port of a host.
  package func includes(_ host: MeshHost, port: Port) -> Bool {
    guard host.exportTo.isVisible(in: namespace) else { return false }
    return zip(egress, imports).contains { listener, imported in
      (listener.port == nil || listener.port?.number == port)
        && imported.contains(
          host.host, of: host.object.namespace, for: namespace, excludes: excludesHosts)
    }
  }

  /// Returns the hosts of an egress listener in Istio's order: first private ones, then those exported to the namespace
  /// by name, then those exported to all. Of equal host names in several namespaces only one namespace's are left.
  package func hosts(of listener: Sidecar.EgressListener, among hosts: [MeshHost]) -> [MeshHost] {
    let imports = ImportedHosts(listener)
    let imported = inOrder(hosts, \.exportTo).filter { host in
      imports.contains(
        host.host, of: host.object.namespace, for: namespace, excludes: excludesHosts)
        && (listener.matchedPort.map { port in host.ports.contains { $0.number == port } } ?? true)
    }
    return sidecar == nil && owners == .all ? imported : ofOneNamespace(imported)
  }

  /// Returns the hosts of one namespace for each name: the workload's own, else that of a Service, else that of the first.
  ///
  /// The corresponding Istio function is `selectServices`.
  private func ofOneNamespace(_ hosts: [MeshHost]) -> [MeshHost] {
    let prefersOwn = sidecar != nil || owners == .own
    let prefersServices = sidecar == nil || owners == .own
    var chosen: [String: MeshHost] = [:]
    for host in hosts {
      guard let present = chosen[host.host] else {
        chosen[host.host] = host
        continue
      }
      let isOwn = prefersOwn && host.object.namespace == namespace
      let keepsOwn = prefersOwn && present.object.namespace == namespace
      let isBetter = prefersServices && host.isService && !present.isService && !keepsOwn
      if isOwn || isBetter { chosen[host.host] = host }
    }
    return hosts.filter { chosen[$0.host]?.object.namespace == $0.object.namespace }
  }

  /// Returns the objects that are exported to the namespace: private ones, those exported by name, and public ones.
  package func inOrder<Object>(_ objects: [Object], _ exportTo: (Object) -> ExportTo) -> [Object] {
    let visible = objects.filter { exportTo($0).isVisible(in: namespace) }
    let privately = ExportTo.only([namespace])
    return visible.filter { exportTo($0) == privately }
      + visible.filter { exportTo($0) != privately && exportTo($0) != .everywhere }
      + visible.filter { exportTo($0) == .everywhere }
  }

  /// Returns true if an egress listener imports the VirtualServices of a host: patterns match in both directions, those of
  /// routes of the Gateway API only if they include the host.
  package func importsRoutes(
    of host: String, in owner: String, _ listener: Sidecar.EgressListener, followsGatewayAPI: Bool
  ) -> Bool {
    listener.hosts.contains { text in
      guard let pattern = QualifiedPattern(text), pattern.includes(owner, for: namespace) else {
        return false
      }
      return followsGatewayAPI ? pattern.host.matches(host) : pattern.host.overlaps(host)
    }
  }
}

extension Sidecar.EgressListener {
  /// True if the listener is an HTTP proxy for all its hosts.
  package var isHTTPProxy: Bool { port?.protocolName.uppercased() == "HTTP_PROXY" }

  /// The port that hosts must have; nil for all.
  fileprivate var matchedPort: Port? { isHTTPProxy ? nil : port?.number }
}

/// The namespaces that an object is exported to (`exportTo`).
package enum ExportTo: Hashable, Sendable {
  case everywhere
  case only(Set<String>)

  /// Reads `exportTo`: `*` is every namespace, `.` the object's own, `~` none.
  package init(_ words: [String], in namespace: String) {
    if words.contains("*") || words.isEmpty {
      self = .everywhere
    } else if words.contains("~") {
      self = .only([])
    } else {
      self = .only(Set(words.map { $0 == "." ? namespace : $0 }))
    }
  }

  package func isVisible(in namespace: String) -> Bool {
    switch self {
    case .everywhere: true
    case .only(let namespaces): namespaces.contains(namespace)
    }
  }
}
