/// The action on a pod that has started without rules: the modes of Istio's agent, and none.
public enum RepairMode: String, CaseIterable, Sendable {
  /// Install the rules from outside.
  case repair
  /// Label the pod.
  case label
  /// Delete the pod.
  case delete
  /// Only report it.
  case off
}

/// The changes of Kubernetes objects that the modes `label` and `delete` need.
public protocol PodEditor: Sendable {
  /// Labels a pod as broken.
  func label(namespace: String, name: String) async throws

  /// Deletes a pod, if it still has the uid.
  func delete(namespace: String, name: String, uid: String) async throws
}
