import KubernetesObjects
import MeshModel

/// A lint rule.
protocol LintRule: Sendable {
  /// The name, for `--only` and `--ignore`.
  var name: String { get }
  /// The mistake, its significance, and the exceptions.
  var documentation: String { get }
  /// `warning` if the rule does not define it.
  var severity: Severity { get }

  func findings(in mesh: Mesh) -> [Finding]
}

extension LintRule {
  var severity: Severity { .warning }
}

extension Mesh {
  /// Returns the findings in pods with known rules.
  ///
  /// - Parameter status: the least injection status of the pods.
  func podFindings(
    atLeast status: InjectionStatus, _ find: (MeshPod, CapturedPorts) -> [Finding]
  ) -> [Finding] {
    podFindings(atLeast: status) { pod in pod.capturedPorts.map { find(pod, $0) } ?? [] }
  }

  /// Returns the findings in pods. Equal findings in pods of one controller are counted and reported once.
  ///
  /// - Parameter status: the least injection status of the pods.
  func podFindings(atLeast status: InjectionStatus, _ find: (MeshPod) -> [Finding]) -> [Finding] {
    var findings: [Finding] = []
    var indexes: [PodFindingKey: Int] = [:]
    for pod in pods where pod.injectionStatus >= status {
      for finding in find(pod) {
        guard let controller = pod.pod.controller else {
          findings.append(finding)
          continue
        }
        let key = PodFindingKey(
          namespace: finding.object.namespace, controller: controller, what: finding.what)
        if let index = indexes[key] {
          findings[index].repeats += 1
        } else {
          indexes[key] = findings.count
          findings.append(finding)
        }
      }
    }
    return findings
  }
}

/// The properties that equal findings in pods of one controller share.
private struct PodFindingKey: Hashable {
  let namespace: String
  let controller: String
  let what: String
}
