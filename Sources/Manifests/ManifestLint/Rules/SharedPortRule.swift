import Intercept
import KubernetesObjects
import ManifestText
import MeshModel

struct SharedPortRule: LintRule {
  let name = "shared-tcp-port"
  let documentation = """
    Hosts without an address that share a TCP port, so that their connections cannot be distinguished: Istio creates one \
    listener 0.0.0.0:PORT, for the oldest of them, which accepts the connections to all. Not reported: TLS ports \
    (distinguished by server name), headless Services (one listener for each pod), and, with DNS capture \
    (ISTIO_META_DNS_CAPTURE), hosts with auto-allocated addresses: those in the status, and with \
    ISTIO_META_DNS_AUTO_ALLOCATE all other hosts that can have one.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let listeners = WildcardListeners(mesh)
    return listeners.byPort.sorted { $0.key < $1.key }.filter { $0.value.count > 1 }.flatMap { port, hosts in
      conflicts(port, hosts, listeners)
    }
  }

  private func conflicts(_ port: Port, _ hosts: [MeshHost], _ listeners: WildcardListeners) -> [Finding] {
    let owners = listeners.owners(of: port)
    let scopes = Dictionary(uniqueKeysWithValues: listeners.scopes.map { ($0.namespace, $0) })
    return hosts.compactMap { host in
      let conflicts = owners.filter { $0.host.host != host.host }.flatMap {
        owner in
        owner.namespaces.filter { scopes[$0]?.includes(host, port: port) == true }.map { (owner.host, $0) }
      }
      return conflicts.first.map { finding(host, port, $0.0, conflicts.map(\.1)) }
    }
  }

  private func finding(_ host: MeshHost, _ port: Port, _ owner: MeshHost, _ namespaces: [String]) -> Finding {
    Finding(
      host.object, port: port,
      "\(host.host.onOneLine) and \(owner.host.onOneLine) share TCP port \(port), and neither has an address",
      effect: """
        both need the listener 0.0.0.0:\(port): connections to either go to the older host, \(owner.object), in namespaces \
        \(namespaces.sentence)
        """,
      remedy: """
        give each host its own address or port; if it uses TLS, declare the protocol TLS: the server name distinguishes \
        connections
        """,
      others: [owner.object], namespaces: namespaces)
  }
}
