import Intercept

struct CatchAllListenerRule: LintRule {
  let name = "catch-all-listener"
  let documentation = """
    A TCP port of a host without an address of its own - an ExternalName Service, or a ServiceEntry without addresses - \
    that other workloads use as well. For it Istio makes a listener 0.0.0.0:PORT, which takes every connection to that \
    port that no other listener knows the address of: those from pod to pod, above all. Who sees the host counts \
    (exportTo, Sidecar). A host that only its own namespace sees is taken to be meant; it takes that port's \
    connections there. Of ExternalName Services, Istio 1.21 and later make no listener; --istio-release says so.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let catchAlls = WildcardListeners(mesh)
    let users = PodPortUsers(mesh)
    return catchAlls.byPort.keys.sorted().flatMap { port in
      catchAlls.owners(of: port).compactMap { finding($0, port, users, mesh) }
    }
  }

  private func finding(_ owner: WildcardListeners.Owner, _ port: Port, _ users: PodPortUsers, _ mesh: Mesh)
    -> Finding?
  {
    let host = owner.host
    guard owner.namespaces.contains(where: { $0 != host.object.namespace }) else { return nil }
    let seen = Set(owner.namespaces)
    let victims = (users.byPort[port] ?? []).filter { seen.contains($0.namespace) && $0 != host.object }
    guard !victims.isEmpty else { return nil }
    let kind = host.isExternalName ? "an ExternalName Service" : "a ServiceEntry without addresses"
    return Finding(
      host.object, port: port,
      "port \(port) is TCP, and \(kind) has no address of its own: Istio makes a listener 0.0.0.0:\(port) of it",
      effect: """
        \(release(host, mesh))that listener takes what goes to port \(port) of a pod's own address and sends it to \
        \(host.host): connections from pod to pod of \(victims.map(\.path).sentence) break, in every namespace that \
        sees it: \(owner.namespaces.sentence)
        """,
      remedy: remedy(host, port), others: victims, namespaces: owner.namespaces)
  }

  private func release(_ host: MeshHost, _ mesh: Mesh) -> String {
    host.isExternalName && mesh.release == nil
      ? "up to Istio 1.20, and later where ENABLE_EXTERNAL_NAME_ALIAS is false, " : ""
  }

  private func remedy(_ host: MeshHost, _ port: Port) -> String {
    host.isExternalName
      ? """
      leave port \(port) out of it, keep it to its namespace with the annotation networking.istio.io/exportTo: ".", or \
      give those namespaces a Sidecar that does not import it
      """
      : """
      give it addresses, keep it to its namespace with exportTo: ["."], or give those namespaces a Sidecar that does \
      not import it
      """
  }
}
