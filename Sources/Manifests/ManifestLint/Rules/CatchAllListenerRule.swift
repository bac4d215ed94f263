import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct CatchAllListenerRule: LintRule {
  let name = "catch-all-listener"
  let documentation = """
    A TCP port of a host without an address - an ExternalName Service, or a ServiceEntry without addresses - that other \
    workloads use as well. Istio creates the listener 0.0.0.0:PORT for it, which accepts every connection to that port \
    that no other listener matches by address, above all from pod to pod. Only the namespaces that see the host count \
    (exportTo, Sidecar). A host visible only in its own namespace is not reported, although its listener accepts that \
    port's connections there, nor a ServiceEntry with resolution NONE, which keeps the destination of each connection. \
    Istio 1.21 and later create no listeners for ExternalName Services (--istio-release).
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let listeners = WildcardListeners(mesh)
    let users = PodPortUsers(mesh)
    return listeners.byPort.keys.sorted().flatMap { port in
      listeners.owners(of: port).compactMap { finding($0, port, users, mesh) }
    }
  }

  private func finding(_ owner: WildcardListeners.Owner, _ port: Port, _ users: PodPortUsers, _ mesh: Mesh)
    -> Finding?
  {
    let host = owner.host
    guard !host.keepsDestination, owner.namespaces.contains(where: { $0 != host.object.namespace }) else {
      return nil
    }
    let visible = Set(owner.namespaces)
    let victims = (users.byPort[port] ?? []).filter { visible.contains($0.namespace) && $0 != host.object }
    guard !victims.isEmpty else { return nil }
    let reason =
      host.isExternalName ? "ExternalName Services have no address" : "the ServiceEntry has no addresses"
    return Finding(
      host.object, port: port,
      "\(reason): Istio creates the listener 0.0.0.0:\(port) for TCP port \(port)",
      effect: """
        \(releases(host, mesh))that listener accepts connections to port \(port) of pod addresses and sends them to \
        \(host.host): pod-to-pod connections of \(victims.map(\.path).sentence) break in every namespace that sees the \
        host: \(owner.namespaces.sentence)
        """,
      remedy: remedy(host, port), others: victims, namespaces: owner.namespaces)
  }

  /// The releases affected, if the release is unknown.
  private func releases(_ host: MeshHost, _ mesh: Mesh) -> String {
    host.isExternalName && mesh.release == nil
      ? "up to Istio 1.20, and later if ENABLE_EXTERNAL_NAME_ALIAS is false, " : ""
  }

  private func remedy(_ host: MeshHost, _ port: Port) -> String {
    host.isExternalName
      ? """
      remove port \(port), or limit the Service to its namespace with the annotation \(IstioAnnotation.exportTo): ".", \
      or give the other namespaces a Sidecar that does not import it
      """
      : """
      give it addresses, or limit it to its namespace with exportTo: ["."], or give the other namespaces a Sidecar that \
      does not import it
      """
  }
}

/// The Services that lead to each port of pods, by the destination port of connections from pod to pod.
private struct PodPortUsers {
  private(set) var byPort: [Port: [ObjectName]] = [:]

  init(_ mesh: Mesh) {
    for service in mesh.list.services where service.externalName == nil {
      var ports: Set<Port> = []
      for port in service.ports where port.transport == "TCP" {
        let portProtocol = PortProtocol(port)
        guard portProtocol != .udp, !portProtocol.isHTTP else { continue }
        let number = mesh.podPort(of: port, in: service) ?? port.number
        // A headless Service has a listener on each pod's address, for the Service's own port number.
        if service.isHeadless, number == port.number { continue }
        ports.insert(number)
      }
      for port in ports { byPort[port, default: []].append(service.object) }
    }
  }
}
