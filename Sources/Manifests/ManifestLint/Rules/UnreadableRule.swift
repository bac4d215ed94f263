import KubernetesObjects
import MeshModel

struct UnreadableRule: LintRule {
  let name = "unreadable"
  let severity = Severity.error
  let documentation = """
    A document that is no YAML or JSON, an object without a kind, or a field of a wrong type. The object is not checked. A \
    name that occurs twice in one map is reported as well: kubectl refuses it with strict validation, and takes the last \
    value without.
    """

  func findings(in mesh: Mesh) -> [Finding] {
    mesh.list.problems.map { problem in
      var finding = Finding(
        problem.object ?? ObjectName(kind: "Document", namespace: "", name: ""), problem.problem,
        effect: "it is not checked, and the API server rejects it or reads something else",
        remedy: "correct it")
      finding.location = problem.location
      return finding
    }
  }
}
