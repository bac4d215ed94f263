import Intercept
import KubernetesObjects
import MeshModel

struct ProxyOwnerRule: LintRule {
  let name = "proxy-owner"
  let severity = Severity.error
  let documentation = """
    An app container that runs as the proxy's user or group, 1337 by default: the rules recognise the proxy's own \
    connections by these. Init containers other than native sidecars are not reported, because running as the proxy lets \
    them use the network before the proxy starts.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod, captured in
      pod.pod.appContainers.flatMap { container in
        let user = (container.securityContext.user ?? pod.pod.securityContext.user).map(String.init)
        let group = (container.securityContext.group ?? pod.pod.securityContext.group).map(String.init)
        return [
          user.flatMap {
            captured.users.contains($0) ? finding(pod, container, "user \($0)", "runAsUser") : nil
          },
          group.flatMap {
            captured.groups.contains($0) ? finding(pod, container, "group \($0)", "runAsGroup") : nil
          },
        ].compactMap(\.self)
      }
    }
  }

  private func finding(_ pod: MeshPod, _ container: Container, _ owner: String, _ field: String) -> Finding {
    Finding(
      pod.pod.object, "container \(container.name) runs as \(owner), like the proxy",
      effect: """
        the rules treat its connections as the proxy's: they bypass the mesh, without mTLS, policy or telemetry
        """,
      remedy: "set securityContext.\(field) of the container to another number")
  }
}
