import Intercept

struct ProxyOwnerRule: LintRule {
  let name = "proxy-owner"
  let documentation = """
    A container of the app's that runs as the proxy's user or group, 1337 unless the pod says otherwise: the rules know \
    the proxy's own connections by these. Init containers pass, except those that run on; running as the proxy is how \
    they reach the network before it is there.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(from: .possible) { member, traffic in
      member.pod.appContainers.flatMap { container in
        let user = (container.runsAs.user ?? member.pod.runsAs.user).map(String.init)
        let group = (container.runsAs.group ?? member.pod.runsAs.group).map(String.init)
        return [
          user.flatMap {
            traffic.users.contains($0) ? finding(member, container, "user \($0)", "runAsUser") : nil
          },
          group.flatMap {
            traffic.groups.contains($0) ? finding(member, container, "group \($0)", "runAsGroup") : nil
          },
        ].compactMap(\.self)
      }
    }
  }

  private func finding(_ member: MeshPod, _ container: Container, _ owner: String, _ field: String) -> Finding
  {
    Finding(
      member.pod.object, "container \(container.name) runs as \(owner), as the proxy does",
      effect: """
        the rules take what it sends for the proxy's: its connections pass the mesh by, without mTLS, policy or telemetry
        """,
      remedy: "give it another number in securityContext.\(field)")
  }
}
