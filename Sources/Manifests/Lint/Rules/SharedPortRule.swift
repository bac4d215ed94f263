import Intercept

struct SharedPortRule: LintRule {
  let name = "shared-tcp-port"
  let documentation = """
    Hosts that share a TCP port and have no address of their own, so that nothing tells their connections apart: \
    Istio makes one listener 0.0.0.0:PORT, of the oldest of them, which takes the connections to all. TLS ports pass: \
    the name in the greeting tells them apart. So do headless Services, which have a listener for each pod, and, where \
    proxies answer DNS questions (ISTIO_META_DNS_CAPTURE), hosts that Istio gives an address: those whose status shows \
    one, and with ISTIO_META_DNS_AUTO_ALLOCATE all others that can have one.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    let catchAlls = WildcardListeners(mesh)
    return catchAlls.byPort.sorted { $0.key < $1.key }.filter { $0.value.count > 1 }.flatMap { port, hosts in
      losers(port, hosts, catchAlls)
    }
  }

  private func losers(_ port: Port, _ hosts: [MeshHost], _ all: WildcardListeners) -> [Finding] {
    let owners = all.owners(of: port)
    let sights = Dictionary(uniqueKeysWithValues: all.sights.map { ($0.namespace, $0) })
    return hosts.compactMap { host in
      let lost = owners.filter { $0.host.host != host.host }.flatMap { owner in
        owner.namespaces.filter { sights[$0]?.includes(host, port: port) == true }.map { (owner.host, $0) }
      }
      return lost.first.map { finding(host, port, $0.0, lost.map(\.1)) }
    }
  }

  private func finding(_ host: MeshHost, _ port: Port, _ owner: MeshHost, _ namespaces: [String]) -> Finding {
    Finding(
      host.object, port: port,
      "port \(port) of \(host.host.onOneLine) is TCP without an address of its own, as that of \(owner.host.onOneLine) is",
      effect: """
        both want the listener 0.0.0.0:\(port); the older one, \(owner.object), gets it, and connections to either go \
        there, in namespaces \(namespaces.sentence)
        """,
      remedy: """
        give each its own address or port; if it is TLS, say so as the port's protocol, and the name in the greeting \
        tells them apart
        """,
      others: [owner.object], namespaces: namespaces)
  }
}
