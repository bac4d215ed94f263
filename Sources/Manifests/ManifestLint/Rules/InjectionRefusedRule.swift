import KubernetesObjects
import MeshModel
import SidecarInjection

struct InjectionRefusedRule: LintRule {
  let name = "injection-refused"
  let severity = Severity.error
  let documentation = """
    An Istio annotation that cannot be read or has a wrong value: the injector rejects the pod, and it is not created. \
    Names of interfaces are checked by Istio 1.30 and later, which is assumed without --istio-release. In an injected \
    pod, options that Istio's program rejects.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.podFindings(atLeast: .undetermined) { pod in
      pod.problems.map { problem in
        Finding(
          pod.pod.object, problem.text,
          effect: "Istio rejects it: the pod is not created, or its init container fails",
          remedy: problem.remedy)
      }
    }
  }
}
