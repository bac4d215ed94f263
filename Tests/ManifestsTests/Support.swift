import Intercept

@testable import Manifests

extension ObjectList {
  /// Reads several objects.
  init(_ objects: String...) throws {
    try self.init(jsonList(objects))
  }

  /// The options of the only pod, by name.
  func options(_ values: String = "{}") throws -> [OptionName: String] {
    let pod = try podOptions(named: nil, in: MeshValues(values))
    return Dictionary(uniqueKeysWithValues: pod.options.map { ($0.option, $0.text) })
  }
}

/// A List of objects, as JSON; one object is itself.
func jsonList(_ objects: [String]) -> String {
  objects.count == 1
    ? objects[0] : #"{"kind": "List", "items": [\#(objects.joined(separator: ", "))]}"#
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
