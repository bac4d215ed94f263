import Intercept

@testable import Manifests

extension ObjectList {
  /// Reads objects written one behind another.
  init(_ objects: String...) throws {
    try self.init(objects.joined(separator: "\n"))
  }

  /// The options of the only pod, by name.
  func options(_ values: String = "{}") throws -> [OptionName: String] {
    let pod = try podOptions(named: nil, in: MeshValues(values))
    return Dictionary(uniqueKeysWithValues: pod.options.map { ($0.option, $0.text) })
  }
}

/// What an error says; nil if nothing is wrong.
func complaint(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A pod, as JSON.
func pod(
  _ name: String = "web", annotations: String = "{}", labels: String = "{}",
  spec: String = #"{"containers": []}"#,
  status: String = "{}"
) -> String {
  """
  {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)", "namespace": "app",
  "annotations": \(annotations), "labels": \(labels)}, "spec": \(spec), "status": \(status)}
  """
}
